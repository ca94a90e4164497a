import { RingQueue } from '@holdfast/core/internal';
import { recordBytes } from '@holdfast/core/stage';
import type { Bisection } from './bisection.js';
import type { InFlightRecord } from './in-flight-batch.js';

/**
 * More than a record's share of the framing, so that a sum is never below what the broker counts.
 */
const framingBytes = 80;

/** Records of a partition of which the client may not have any number at once. */
export class PartitionQueue {
  /** Records that the client has, with their bytes. */
  private readonly inFlight = new Map<InFlightRecord, number>();
  /** The sum of these. */
  inFlightBytes = 0;
  /** The record that the client was given alone, until another joins it. */
  solo: InFlightRecord | undefined = undefined;
  /** Records that wait for their turn. */
  readonly waiting = new RingQueue<InFlightRecord>();
  /** Records that were rejected because of others in their request, and go again. */
  readonly rejected: InFlightRecord[] = [];
  /** Bytes of those that were too large together. */
  rejectedBytes = 0;
  /** Set while an invalid record is looked for. */
  bisection: Bisection | undefined = undefined;

  get inFlightCount(): number {
    return this.inFlight.size;
  }

  get isEmpty(): boolean {
    const { inFlight, waiting, rejected, bisection } = this;
    return inFlight.size + waiting.length + rejected.length === 0 && bisection === undefined;
  }

  /** The client is given the record. */
  sent(record: InFlightRecord): void {
    this.solo = this.inFlight.size === 0 ? record : undefined;
    this.bisection?.sent(record);
    const bytes = bytesOf(record);
    this.inFlight.set(record, bytes);
    this.inFlightBytes += bytes;
  }

  /** The client has the record no more, if it had it. */
  returned(record: InFlightRecord): void {
    this.inFlightBytes -= this.inFlight.get(record) ?? 0;
    if (this.inFlight.delete(record)) this.bisection?.reported();
  }

  /**
   * Puts the rejected records in front of those that wait. Returns the bytes of those that were too
   * large together.
   */
  takeBackRejected(): number {
    const { rejectedBytes } = this;
    for (let record = this.rejected.pop(); record !== undefined; record = this.rejected.pop())
      this.waiting.unshift(record);
    this.rejectedBytes = 0;
    return rejectedBytes;
  }
}

/** Returns at least what a broker counts for the record. */
export const bytesOf = ({ delivery }: InFlightRecord): number => recordBytes(delivery.record) + framingBytes;
