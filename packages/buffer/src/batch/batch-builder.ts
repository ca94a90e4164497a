import { recordBytes, type Delivery } from '@holdfast/core/stage';
import type { InFlightBatch } from './in-flight-batch.js';

/**
 * Records of closed lanes that one batch may pass over; the rest is left for the next turn of the
 * event loop. Each record is passed over once, but a million of them may have the same key.
 */
const maxPassedOver = 20_000;

export interface BatchLimits {
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
}

/** Fills one batch within its limits. */
export class BatchBuilder {
  readonly deliveries: Delivery[] = [];
  isFull = false;
  /** Full because too many records were passed over, not because the batch has reached a limit. */
  isPaused = false;
  private passedOver = 0;
  private readonly maxRecords: number;
  private readonly maxBytes: number;

  constructor(
    readonly batch: InFlightBatch,
    { maxBatchRecords, maxBatchBytes }: BatchLimits,
  ) {
    this.maxRecords = maxBatchRecords;
    this.maxBytes = maxBatchBytes;
  }

  get length(): number {
    return this.deliveries.length;
  }

  /** Adds the record and returns true; or returns false when the batch is full without it. */
  tryAdd(delivery: Delivery): boolean {
    const { batch, deliveries } = this;
    if (deliveries.length < this.maxRecords) {
      const bytes = batch.bytes + recordBytes(delivery.record);
      if (bytes <= this.maxBytes || deliveries.length === 0) {
        batch.bytes = bytes;
        deliveries.push(delivery);
        return true;
      }
    }
    this.isFull = true;
    return false;
  }

  /** Notes that a record joined the queue of its closed lane instead of this batch. */
  passOver(): void {
    if (++this.passedOver >= maxPassedOver) this.isFull = this.isPaused = true;
  }
}
