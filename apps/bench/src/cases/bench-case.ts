import type { CaseFacts, Details } from '../measure/result.js';
import type { Contest } from '../measure/pairs.js';

/**
 * The cluster of a case: real Kafka; or librdkafka's mock cluster, which itself costs next to
 * nothing; or three real brokers of which one is down, with two more topics (see `topicBeside`).
 */
export type ClusterNeed = 'kafka' | 'mock' | 'kafka-one-down';

/**
 * One measurement of the bench. The catalogue loads no Kafka client: `prepare` does, in the process
 * of the case.
 */
export interface BenchCase extends CaseFacts {
  /** What is compared with what, in a line. */
  readonly summary: string;
  /** What its bar shows: the ratio, or our own figure. */
  readonly shows: 'ratio' | 'ours';
  readonly needs?: ClusterNeed;
  /** In one run of our side, unless the user gives another number. */
  readonly records: number;
  readonly prepare: (context: CaseContext) => Promise<Prepared>;
}

export interface CaseContext {
  /** In one run of our side. */
  readonly records: number;
  /** Fewer tries of everything: the figures do not matter. */
  readonly quick: boolean;
  /** Empty for a case that needs no cluster. */
  readonly brokers: readonly string[];
  /** Exists, and belongs to this case alone. */
  readonly topic: string;
  /** Logs what happens, one line at a time. */
  readonly log: (line: string) => void;
}

/** Both sides, ready to run. */
export interface Prepared extends Contest {
  readonly details: Details;
  readonly close: () => Promise<void>;
}
