import type { WaitingStats } from '@holdfast/core';

declare module '@holdfast/core' {
  interface KnownStages {
    deadLetterQueue: DeadLetterQueueStats;
  }
}

/** What one sink has taken since the start. */
export interface SinkStats {
  readonly takenRecords: number;
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
