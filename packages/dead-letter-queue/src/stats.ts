import type { CountsByCode, WaitingStats } from '@holdfast/core/stage';

declare module '@holdfast/core' {
  interface KnownStages {
    deadLetterQueue: DeadLetterQueueStats;
  }
}

/** What one sink has taken since the start. */
export interface SinkStats {
  readonly takenRecords: number;
  /** The same, by the code of the error for which each is a dead letter. */
  readonly takenByCode: CountsByCode;
}

export interface FileSinkStats extends SinkStats {
  /** Of the files on disk. */
  readonly bytes: number;
}

/** `producer.stats().stages.deadLetterQueue`. What waits: letters that no sink has taken yet. */
export interface DeadLetterQueueStats extends WaitingStats {
  /** Since the start: letters that no sink took. */
  readonly refusedRecords: number;
  readonly topic?: SinkStats;
  readonly file?: FileSinkStats;
  readonly callback?: SinkStats;
}
