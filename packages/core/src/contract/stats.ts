/** The producer's state; `closing`: it takes no more records, and waits for those in progress. */
export type ProducerState = 'starting' | 'running' | 'closing' | 'closed';

/**
 * Stats by stage name. A package adds its own by declaration merging:
 * `declare module '@holdfast/core' { interface KnownStages { buffer: BufferStats } }`.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- packages add to it
export interface KnownStages {}

/** The records that wait in one stage, for the stats of a stage that queues. */
export interface WaitingStats {
  readonly waitingRecords: number;
  /** In bytes as `recordBytes` counts them. */
  readonly waitingBytes: number;
  /** Milliseconds since the `send` of the oldest waiting record; 0 when none waits. */
  readonly oldestWaitingMs: number;
}

/** Numbers, strings and booleans by name, possibly nested. */
export type StageStats = object;

/** Stats by stage name. A stage missing from `KnownStages` has the type `StageStats`. */
export type StatsOfStages = { readonly [name in keyof KnownStages]?: KnownStages[name] } & {
  readonly [name: string]: StageStats | undefined;
};

/** Numbers of records by error code. */
export interface CountsByCode {
  readonly [code: string]: number;
}

/** Numbers of records by final outcome. */
export interface OutcomeCounts {
  readonly delivered: number;
  readonly deadLettered: number;
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
}

/** Records that ended with an error, by outcome and error code. */
export interface ErrorCounts {
  readonly deadLettered: CountsByCode;
  readonly failed: CountsByCode;
  readonly unknown: CountsByCode;
}

/** Records that the adapter has not settled yet. */
export interface InFlightStats {
  readonly inFlightRecords: number;
  /** Milliseconds since the adapter's oldest call without any settlement; 0 when there is none. */
  readonly oldestInFlightMs: number;
}

/**
 * Attempts of the adapter and their results. A record that is tried three times counts three times.
 */
export interface AttemptStats extends InFlightStats {
  /** Records passed to the adapter. */
  readonly records: number;
  /** Of these, those that had been passed to it before. */
  readonly retried: number;
  /** Of these, those it has delivered. */
  readonly delivered: number;
  /**
   * Failures after which the same record may still succeed (`error.retriable`), such as a timeout.
   */
  readonly retriableErrors: CountsByCode;
  /**
   * Failures that a retry cannot fix: a record that is too large, a topic without write permission.
   */
  readonly fatalErrors: CountsByCode;
}

/**
 * Counts since the start. sent = delivered + deadLettered + accepted + failed + unknown + held, at
 * all times.
 */
export interface ProducerStats extends OutcomeCounts {
  readonly state: ProducerState;
  /** All records passed to the producer, refused ones included. */
  readonly sent: number;
  /** In progress: without an outcome yet. */
  readonly held: number;
  /** Of those held, the records that wait for room in the chain, or for a serializer. */
  readonly waitingForRoom: number;
  /** How long the first of these has waited; 0 when none waits. */
  readonly longestWaitForRoomMs: number;
  /** Records that ended with an error, by outcome and error code. */
  readonly errors: ErrorCounts;
  /** Attempts of the adapter and their results, including failures that a retry fixed. */
  readonly attempts: AttemptStats;
  readonly stages: StatsOfStages;
}
