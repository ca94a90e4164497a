import type { Delivery } from '@holdfast/core/stage';

/** What was appended and is not durable yet, in order; its sequence numbers are consecutive. */
export class Writing {
  private slots: (Delivery | undefined)[] = new Array<Delivery | undefined>(64).fill(undefined);
  private start = 0;
  /** Sequence number of the first one. */
  first = 0;
  length = 0;

  push(sequence: number, delivery: Delivery): void {
    if (this.length === 0) this.first = sequence;
    else if (this.length === this.slots.length) this.grow();
    this.slots[(this.start + this.length++) & (this.slots.length - 1)] = delivery;
  }

  /** `undefined`: it was given up while it was written. */
  shift(): Delivery | undefined {
    const delivery = this.slots[this.start];
    this.slots[this.start] = undefined;
    this.start = (this.start + 1) & (this.slots.length - 1);
    this.length--;
    this.first++;
    return delivery;
  }

  /** Gives those up whose deadline has passed; they keep their places. */
  takeLate(now: number): Delivery[] {
    const late: Delivery[] = [];
    for (let i = 0; i < this.length; i++) {
      const slot = (this.start + i) & (this.slots.length - 1);
      const delivery = this.slots[slot];
      if (delivery === undefined || delivery.deadline > now) continue;
      late.push(delivery);
      this.slots[slot] = undefined;
    }
    return late;
  }

  get earliestDeadline(): number {
    let earliest = Infinity;
    for (const delivery of this.slots)
      if (delivery !== undefined) earliest = Math.min(earliest, delivery.deadline);
    return earliest;
  }

  private grow(): void {
    const { length } = this.slots;
    const larger = new Array<Delivery | undefined>(length * 2).fill(undefined);
    for (let i = 0; i < length; i++) larger[i] = this.slots[(this.start + i) & (length - 1)];
    this.slots = larger;
    this.start = 0;
  }
}
