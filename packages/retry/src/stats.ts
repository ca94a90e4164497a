import type { CountsByCode, WaitingStats } from '@holdfast/core/stage';

declare module '@holdfast/core' {
  interface KnownStages {
    retry: RetryStats;
  }
}

/** `producer.stats().stages.retry`. What waits: records that will be tried again, and are not yet. */
export interface RetryStats extends WaitingStats {
  /** Handed down, and not come back. */
  readonly inFlightRecords: number;
  /** Since the start: further attempts, one for each record. */
  readonly retriedRecords: number;
  /** The same, by the code of the error that each comes from. */
  readonly retriedByCode: CountsByCode;
  /** Since the start: records that will not be tried again. */
  readonly gaveUpRecords: number;
}
