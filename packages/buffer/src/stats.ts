import type { WaitingStats } from '@holdfast/core/stage';

declare module '@holdfast/core' {
  interface KnownStages {
    buffer: BufferStats;
  }
}

/**
 * `producer.stats().stages.buffer`. With `overflow: 'block'`, `waitingRecords` includes the records
 * that found no room and wait outside the bounds; `waitingBytes` does not.
 */
export interface BufferStats extends WaitingStats {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Sent and not settled. */
  readonly inFlightRecords: number;
  readonly inFlightBytes: number;
  /** Since the start: refused or dropped because there was no room. */
  readonly droppedRecords: number;
}
