import { RingQueue } from '@holdfast/core/internal';
import type { Delivery } from '@holdfast/core/stage';

/**
 * Deliveries that were appended to the log and are not durable yet, in order; their sequence
 * numbers are consecutive.
 */
export class PendingWrites {
  /** Sequence number of the first one. */
  first = 0;
  /** `undefined`: it was taken out, and its place is kept. */
  private readonly deliveries = new RingQueue<Delivery | undefined>();

  get length(): number {
    return this.deliveries.length;
  }

  push(sequence: number, delivery: Delivery): void {
    if (this.deliveries.length === 0) this.first = sequence;
    this.deliveries.push(delivery);
  }

  /** Removes the first one. Returns `undefined` when {@link takeExpired} has taken it out. */
  shift(): Delivery | undefined {
    this.first++;
    return this.deliveries.shift();
  }

  /**
   * Takes out those whose deadline has passed. They keep their places, as they are still being
   * written.
   */
  takeExpired(now: number): Delivery[] {
    const expired: Delivery[] = [];
    const { deliveries } = this;
    for (let i = 0; i < deliveries.length; i++) {
      const delivery = deliveries.at(i);
      if (delivery === undefined || delivery.deadline > now) continue;
      expired.push(delivery);
      deliveries.replace(i, undefined);
    }
    return expired;
  }

  get earliestDeadline(): number {
    let earliest = Infinity;
    for (const delivery of this.deliveries)
      if (delivery !== undefined) earliest = Math.min(earliest, delivery.deadline);
    return earliest;
  }
}
