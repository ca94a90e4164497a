import type { Delivery, Settle } from '@holdfast/core/stage';

/** Deliveries that are settled together. */
export class DeliveryGroup {
  /** Every delivery in it has its final outcome. */
  ended = false;

  constructor(
    readonly deliveries: Delivery[],
    readonly settle: Settle,
  ) {}

  /** Some of its records may be in the topic. */
  get maybeWritten(): boolean {
    return false;
  }
}
