import type { WaitingStats } from '@holdfast/core';

declare module '@holdfast/core' {
  interface KnownStages {
    retry: RetryStats;
  }
}

/** `producer.stats().stages.retry`. What waits: records whose next attempt is not due. */
export interface RetryStats extends WaitingStats {
  /** Handed down, and not come back. */
  readonly inFlightRecords: number;
  /** Since the start: further attempts, one for each record. */
  readonly retriedRecords: number;
  /** Since the start: records that will not be tried again. */
  readonly gaveUpRecords: number;
}
