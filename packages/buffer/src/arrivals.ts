import { RingQueue } from '@holdfast/core/internal';
import type { Delivery } from '@holdfast/core/stage';
import type { Topic } from './topic.js';

interface Arrival {
  readonly delivery: Delivery;
  readonly topic: Topic;
}

/** The order in which records came, over all lanes, to find the oldest; kept only for `overflow: 'drop-oldest'`. */
export class Arrivals {
  private readonly inOrder = new RingQueue<Arrival>();

  /** Entries kept, those included that wait no more. */
  get length(): number {
    return this.inOrder.length;
  }

  /** It waits in `topic`. `waiting` are the records that wait now, of which there are `count`. */
  add(delivery: Delivery, topic: Topic, waiting: Iterable<Delivery>, count: number): void {
    this.inOrder.push({ delivery, topic });
    // Those that went down stay in the list until it is twice as long as it need be: amortised O(1).
    if (this.inOrder.length > 2 * count + 1_024) {
      const still = new Set(waiting);
      for (const one of this.inOrder.takeAll()) if (still.has(one.delivery)) this.inOrder.push(one);
    }
  }

  /**
   * Takes out the oldest that still waits. `removeFromLane` takes it out of its lane when it is the first one there: the
   * oldest of all always is, so one that is not has gone down before.
   */
  dropOldest(removeFromLane: (delivery: Delivery, topic: Topic) => boolean): Delivery | undefined {
    for (let oldest = this.inOrder.shift(); oldest !== undefined; oldest = this.inOrder.shift())
      if (removeFromLane(oldest.delivery, oldest.topic)) return oldest.delivery;
    return undefined;
  }
}
