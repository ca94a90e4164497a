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

/** Plain numbers, strings and booleans by name, or such objects. */
export type StageStats = object;

/** By name. The type of a stage that nobody has declared is unknown. */
export type StatsOfStages = { readonly [name in keyof KnownStages]?: KnownStages[name] } & {
  readonly [name: string]: StageStats | undefined;
};

/** Records by error code. */
export interface CountsByCode {
  readonly [code: string]: number;
}

export interface OutcomeCounts {
  readonly delivered: number;
  readonly deadLettered: number;
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
}

/** Of the records that ended so, by the code of their error. */
export interface ErrorCounts {
  readonly deadLettered: CountsByCode;
  readonly failed: CountsByCode;
  readonly unknown: CountsByCode;
}

/** What the adapter has and has not answered for. */
export interface InFlightStats {
  readonly inFlightRecords: number;
  /** Since the oldest call of the adapter that has had no answer at all; 0 when there is none. */
  readonly oldestInFlightMs: number;
}

/** What the adapter was given and what it answered. A record that is tried three times counts three times. */
export interface AttemptStats extends InFlightStats {
  /** Records handed to the adapter. */
  readonly records: number;
  /** Of those, how many were not handed to it for the first time. */
  readonly retried: number;
  /** Of those, how many it has delivered. */
  readonly delivered: number;
  /** Failures after which the same record may yet succeed (`error.retriable`), a timeout say. */
  readonly retriableErrors: CountsByCode;
  /** Failures that trying again cannot heal: a record too large, a topic that this user may not write to. */
  readonly fatalErrors: CountsByCode;
}

/** sent = delivered + deadLettered + accepted + failed + unknown + held, at every instant. */
export interface ProducerStats extends OutcomeCounts {
  readonly state: ProducerState;
  /** Every record given to the producer, refused ones included. */
  readonly sent: number;
  /** On their way: no outcome yet. */
  readonly held: number;
  /** Of those held: waiting for room in the chain, or for a serializer. */
  readonly waitingForRoom: number;
  /** How long the first of those has waited; 0 when none waits. */
  readonly longestWaitForRoomMs: number;
  /** Records that ended with an error, by how they ended and by its code. */
  readonly errors: ErrorCounts;
  /** What was tried, and what came of it, whether a retry has healed it or not. */
  readonly attempts: AttemptStats;
  readonly stages: StatsOfStages;
}
