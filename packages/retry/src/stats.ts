import type { CountsByCode, WaitingStats } from '@holdfast/core/stage';

declare module '@holdfast/core' {
  interface KnownStages {
    retry: RetryStats;
  }
}

/** `producer.stats().stages.retry`. Records that wait for their next attempt count as waiting. */
export interface RetryStats extends WaitingStats {
  /** Sent and not settled. */
  readonly inFlightRecords: number;
  /** Since the start: further attempts, counted per record. */
  readonly retriedRecords: number;
  /** The same, by the code of the error that caused each attempt. */
  readonly retriedByCode: CountsByCode;
  /**
   * Since the start: records that failed for good, including those whose error is not retriable.
   */
  readonly gaveUpRecords: number;
}
