import { recordBytes, type Delivery } from '@holdfast/core/stage';
import type { BatchBuilder } from '../batch/batch-builder.js';
import type { InFlightBatch } from '../batch/in-flight-batch.js';
import type { TopicQuotas } from '../batch/topic-quotas.js';
import type { ResolvedBufferOptions } from '../options.js';
import { ArrivalOrder } from './arrival-order.js';
import { FairQueue } from './fair-queue.js';
import { Pages } from './pages.js';

/**
 * Waiting records beyond this many keep their bytes in pages instead of objects. Copying them costs
 * more than it saves while a producer keeps pace; these cost 5 bytes per record when a million
 * wait.
 */
const parkBeyond = 16_384;

/** The records that wait within the bounds, and their bytes. */
export class Backlog {
  private readonly queue: FairQueue;
  private readonly pages: Pages;
  private readonly arrivals: ArrivalOrder | undefined;
  private waitingBytes = 0;

  constructor(
    { maxBytes, overflow }: Pick<ResolvedBufferOptions, 'maxBytes' | 'overflow'>,
    quotas: TopicQuotas,
  ) {
    this.queue = new FairQueue(quotas);
    this.pages = new Pages(maxBytes);
    if (overflow === 'drop-oldest') this.arrivals = new ArrivalOrder(this.queue);
  }

  /** Records waiting. */
  get length(): number {
    return this.queue.length;
  }

  get bytes(): number {
    return this.waitingBytes;
  }

  /** See {@link FairQueue.hasOpen}. */
  get hasOpen(): boolean {
    return this.queue.hasOpen;
  }

  /** See {@link FairQueue.hasHeld}. */
  get hasHeld(): boolean {
    return this.queue.hasHeld;
  }

  add(delivery: Delivery, topicName: string, bytes: number): void {
    this.waitingBytes += bytes;
    const topic = this.queue.push(delivery, topicName);
    this.arrivals?.add(delivery, topic);
    if (this.queue.length > parkBeyond) this.pages.park(delivery);
  }

  /** Fills the batch in turns from the topics that have room. */
  take(builder: BatchBuilder): void {
    this.queue.take(builder);
    this.subtract(builder.batch.bytes);
  }

  /** Fills the batch from topics of which nothing is settled. */
  takeHeld(builder: BatchBuilder): void {
    this.queue.takeHeld(builder);
    this.subtract(builder.batch.bytes);
  }

  /** Notes that a record in flight is settled; its lane opens with the last one. */
  settle(delivery: Delivery): void {
    this.queue.settle(delivery);
  }

  /**
   * Notes that records of `batch` are settled, so that topics have room again. Returns the bytes
   * that are free.
   */
  settleBatch(batch: InFlightBatch, settled: readonly Delivery[], now: number): number {
    return this.queue.settleBatch(batch, settled, now);
  }

  /**
   * Removes the oldest waiting record and returns it; `undefined` when all records are in flight.
   */
  removeOldest(): Delivery | undefined {
    const oldest = this.arrivals?.removeOldest();
    if (oldest !== undefined) this.subtract(recordBytes(oldest.record));
    return oldest;
  }

  /** See {@link FairQueue.removeWhere}. */
  removeWhere(predicate: (delivery: Delivery) => boolean, inOrder: boolean): Delivery[] {
    const removed = this.queue.removeWhere(predicate, inOrder);
    this.subtract(removed.reduce((bytes, { record }) => bytes + recordBytes(record), 0));
    return removed;
  }

  /** The `createdAt` of the oldest waiting record; `Infinity` when none waits. */
  oldestCreatedAt(): number {
    return this.queue.oldestCreatedAt();
  }

  /** Moves parked records together when their pages are mostly holes. */
  compact(): void {
    if (!this.pages.isSparse) return;
    for (const delivery of this.queue) if (delivery.parked) this.pages.park(delivery);
  }

  /**
   * A caller may have transferred a record's memory away while it waited: its size is not what was
   * added.
   */
  private subtract(bytes: number): void {
    this.waitingBytes = this.queue.length === 0 ? 0 : Math.max(0, this.waitingBytes - bytes);
  }
}
