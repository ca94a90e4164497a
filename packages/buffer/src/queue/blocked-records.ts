import { LinkedQueue } from '@holdfast/core/internal';
import type { Delivery } from '@holdfast/core/stage';

/**
 * Records that came while there was no room and `overflow` is `'block'`: they wait outside the
 * bounds, in order.
 */
export class BlockedRecords {
  private readonly queue = new LinkedQueue<Delivery>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  get first(): Delivery | undefined {
    return this.queue.first;
  }

  push(delivery: Delivery): void {
    this.queue.push(delivery);
    this.count++;
  }

  shift(): void {
    this.queue.shift();
    this.count--;
  }

  /** See {@link LinkedQueue.removeWhere}. */
  removeWhere(predicate: (delivery: Delivery) => boolean, inOrder: boolean): Delivery[] {
    const removed = this.queue.removeWhere(predicate, inOrder);
    this.count -= removed.length;
    return removed;
  }
}
