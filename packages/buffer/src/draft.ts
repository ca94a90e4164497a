import { recordBytes, type Delivery } from '@holdfast/core/stage';
import type { Batch } from './batch.js';

/**
 * Records looked at for one batch whose lane turned out to be closed: more are left for the next turn of the event loop. Each is
 * looked at once, but a million may be of one key.
 */
const mostMoved = 20_000;

export interface BatchLimits {
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
}

/** A batch while it is filled. */
export class Draft {
  readonly deliveries: Delivery[] = [];
  full = false;
  /** Full of looking, not of records. */
  paused = false;
  private moved = 0;
  private readonly maxRecords: number;
  private readonly maxBytes: number;

  constructor(
    readonly batch: Batch,
    { maxBatchRecords, maxBatchBytes }: BatchLimits,
  ) {
    this.maxRecords = maxBatchRecords;
    this.maxBytes = maxBatchBytes;
  }

  get length(): number {
    return this.deliveries.length;
  }

  /** Puts the record in; or says that the batch is full without it. */
  accepts(delivery: Delivery): boolean {
    const { batch, deliveries } = this;
    if (deliveries.length < this.maxRecords) {
      const bytes = batch.bytes + recordBytes(delivery.record);
      if (bytes <= this.maxBytes || deliveries.length === 0) {
        batch.bytes = bytes;
        deliveries.push(delivery);
        return true;
      }
    }
    this.full = true;
    return false;
  }

  /** One was put behind the others of its lane. */
  moveOn(): void {
    if (++this.moved >= mostMoved) this.full = this.paused = true;
  }
}
