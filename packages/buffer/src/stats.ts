import type { WaitingStats } from '@holdfast/core/stage';

declare module '@holdfast/core' {
  interface KnownStages {
    buffer: BufferStats;
  }
}

/**
 * `producer.stats().stages.buffer`. With `overflow: 'block'`, `waitingRecords` has those as well that found no room
 * and wait beyond the bounds; their bytes are not in `waitingBytes`.
 */
export interface BufferStats extends WaitingStats {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Handed down, and not come back. */
  readonly inFlightRecords: number;
  readonly inFlightBytes: number;
  /** Since the start: refused or pushed out because there was no room. */
  readonly droppedRecords: number;
}
