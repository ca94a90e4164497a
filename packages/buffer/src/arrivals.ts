import type { Delivery } from '@holdfast/core/stage';
import type { Topic } from './topic.js';

interface Arrival {
  readonly delivery: Delivery;
  readonly topic: Topic;
}

/** The order in which records came, over all lanes, to find the oldest; kept only for `overflow: 'drop-oldest'`. */
export class Arrivals {
  private inOrder: (Arrival | undefined)[] = [];
  private start = 0;

  /** Entries kept, those included that wait no more. */
  get length(): number {
    return this.inOrder.length - this.start;
  }

  /** It waits in `topic`. `waiting` are the records that wait now, of which there are `count`. */
  add(delivery: Delivery, topic: Topic, waiting: Iterable<Delivery>, count: number): void {
    this.inOrder.push({ delivery, topic });
    // Those that went down stay in the list until it is twice as long as it need be: amortised O(1).
    if (this.inOrder.length > 2 * count + 1_024) {
      const still = new Set(waiting);
      this.inOrder = this.inOrder.filter((one) => one !== undefined && still.has(one.delivery));
      this.start = 0;
    }
  }

  /**
   * Takes out the oldest that still waits. `removeFromLane` takes it out of its lane when it is the first one there: the
   * oldest of all always is, so one that is not has gone down before.
   */
  dropOldest(removeFromLane: (delivery: Delivery, topic: Topic) => boolean): Delivery | undefined {
    while (this.start < this.inOrder.length) {
      const oldest = this.inOrder[this.start];
      this.inOrder[this.start++] = undefined;
      if (oldest !== undefined && removeFromLane(oldest.delivery, oldest.topic)) return oldest.delivery;
    }
    return undefined;
  }
}
