import { RingQueue } from '@holdfast/core/internal';
import type { Delivery } from '@holdfast/core/stage';
import type { FairQueue } from './fair-queue.js';
import type { TopicQueue } from './topic-queue.js';

interface Arrival {
  readonly delivery: Delivery;
  readonly topic: TopicQueue;
}

/**
 * The order in which records of all lanes came, to find the oldest. Kept only for `overflow:
 * 'drop-oldest'`.
 */
export class ArrivalOrder {
  private readonly inOrder = new RingQueue<Arrival>();

  constructor(private readonly queue: FairQueue) {}

  /** Entries kept, including those of records that no longer wait. */
  get length(): number {
    return this.inOrder.length;
  }

  /** Adds a record that was just pushed to the queue, where it stands in `topic`. */
  add(delivery: Delivery, topic: TopicQueue): void {
    this.inOrder.push({ delivery, topic });
    // Records that were sent stay in the list until it is twice as long as needed: amortised O(1).
    if (this.inOrder.length > 2 * this.queue.length + 1_024) {
      const waiting = new Set(this.queue);
      for (const one of this.inOrder.takeAll()) if (waiting.has(one.delivery)) this.inOrder.push(one);
    }
  }

  /**
   * Removes the oldest waiting record from the queue and returns it. The oldest of all is always
   * the first of its lane, so one that is not was sent before.
   */
  removeOldest(): Delivery | undefined {
    for (let oldest = this.inOrder.shift(); oldest !== undefined; oldest = this.inOrder.shift())
      if (this.queue.removeFirst(oldest.delivery, oldest.topic)) return oldest.delivery;
    return undefined;
  }
}
