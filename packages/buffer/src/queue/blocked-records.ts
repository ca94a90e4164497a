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

  /**
   * Removes records from the front for as long as `predicate` is true of them, and returns them.
   */
  removeFirstWhile(predicate: (first: Delivery) => boolean): Delivery[] {
    const removed: Delivery[] = [];
    for (let { first } = this.queue; first !== undefined && predicate(first); { first } = this.queue) {
      this.shift();
      removed.push(first);
    }
    return removed;
  }
}
