import type { AttemptStats } from './attempt-counts.js';
import type { ErrorCounts, OutcomeCounts } from './counters.js';
import type { StageStats } from './middleware.js';

/** `closing`: takes no more records, and waits for those on their way. */
export type ProducerState = 'starting' | 'running' | 'closing' | 'closed';

/**
 * Stats by the name of the stage that gives them. A package adds its own by declaration merging:
 * `declare module '@holdfast/core' { interface KnownStages { buffer: BufferStats } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the packages that declare their stats in it
export interface KnownStages {}

/** Records that stand in one place, for the stats of a stage that queues. */
export interface WaitingStats {
  readonly waitingRecords: number;
  /** As `recordBytes` counts. */
  readonly waitingBytes: number;
  /** Since the `send` of the one that was sent first; 0 when none waits. */
  readonly oldestWaitingMs: number;
}

/** By name. The type of a stage that nobody has declared is unknown. */
export type StatsOfStages = { readonly [name in keyof KnownStages]?: KnownStages[name] } & {
  readonly [name: string]: StageStats | undefined;
};

/** sent = delivered + deadLettered + accepted + failed + unknown + held, at every instant. */
export interface ProducerStats extends OutcomeCounts {
  readonly state: ProducerState;
  /** Every record given to the producer, refused ones included. */
  readonly sent: number;
  /** On their way: no outcome yet. */
  readonly held: number;
  /** Of those held: waiting at the edge for room in the chain, or for a serializer. */
  readonly waitingForRoom: number;
  /** How long the first of those has waited; 0 when none waits. */
  readonly longestWaitForRoomMs: number;
  /** Records that ended with an error, by how they ended and by its code. */
  readonly errors: ErrorCounts;
  /** What was tried, and what came of it, whether a retry has healed it or not. */
  readonly attempts: AttemptStats;
  readonly stages: StatsOfStages;
}
