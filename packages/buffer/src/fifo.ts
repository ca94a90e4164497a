import type { Delivery } from '@holdfast/core';

/** A queue of deliveries linked through themselves: no slot, node or array a record. */
export class Fifo {
  private first: Delivery | undefined;
  private last: Delivery | undefined;

  get head(): Delivery | undefined {
    return this.first;
  }

  push(delivery: Delivery): void {
    delivery.link = undefined;
    if (this.last === undefined) this.first = delivery;
    else this.last.link = delivery;
    this.last = delivery;
  }

  shift(): Delivery | undefined {
    const delivery = this.first;
    if (delivery === undefined) return undefined;
    this.first = delivery.link;
    if (this.first === undefined) this.last = undefined;
    // A dead node in old space would keep its young successors alive.
    delivery.link = undefined;
    return delivery;
  }
}
