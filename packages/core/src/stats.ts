import type { AttemptStats } from './attempt-counts.js';
import type { OutcomeCounts } from './counters.js';
import type { StageStats } from './middleware.js';

/** sent = delivered + deadLettered + accepted + failed + unknown + held, at every instant. */
export interface ProducerStats extends OutcomeCounts {
  /** Every record given to the producer, refused ones included. */
  readonly sent: number;
  /** On their way: no outcome yet. */
  readonly held: number;
  /** Of those held: waiting at the edge for room in the chain, or for a serializer. */
  readonly waitingForRoom: number;
  /** Records that ended with an error, by its code. */
  readonly errors: { readonly [code: string]: number };
  /** What was tried, and what came of it, whether a retry has healed it or not. */
  readonly attempts: AttemptStats;
  readonly stages: { readonly [stage: string]: StageStats };
}
