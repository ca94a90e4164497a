import type { CountsByCode, WaitingStats } from '@holdfast/core/stage';

declare module '@holdfast/core' {
  interface KnownStages {
    deadLetterQueue: DeadLetterQueueStats;
  }
}

/** What one sink has taken since the start. */
export interface SinkStats {
  readonly takenRecords: number;
  /** The same number, by the code of the error that made each record a dead letter. */
  readonly takenByCode: CountsByCode;
}

export interface FileSinkStats extends SinkStats {
  /** Size of all dead-letter files in the directory. */
  readonly bytes: number;
}

/**
 * `producer.stats().stages.deadLetterQueue`. The waiting records are letters that no sink has taken
 * yet.
 */
export interface DeadLetterQueueStats extends WaitingStats {
  /** Letters that no sink took, since the start. */
  readonly refusedRecords: number;
  readonly topic?: SinkStats;
  readonly file?: FileSinkStats;
  readonly callback?: SinkStats;
}
