import { failed, unknown, type Clock, type Delivery, type ProducerError } from '@holdfast/core';
import type { Parcel } from './lot.js';

interface Waiter {
  readonly left: Set<Parcel>;
  readonly done: () => void;
}

/** What the adapter was handed and has not settled. The only place that settles. */
export class Outstanding {
  private readonly open = new Set<Parcel>();
  private waiters: Waiter[] = [];
  /** Deliveries in it. */
  records = 0;

  constructor(private readonly clock: Clock) {}

  add(parcel: Parcel): void {
    this.open.add(parcel);
    this.records += parcel.deliveries.length;
  }

  /** `parcel` goes on as `parts`, which hold the same deliveries. */
  replace(parcel: Parcel, parts: readonly Parcel[]): void {
    if (parcel.settled) return;
    for (const part of parts) this.add(part);
    for (const { left } of this.waiters) if (left.has(parcel)) for (const part of parts) left.add(part);
    this.remove(parcel);
  }

  /** Every delivery in `parcels` has its outcome. What shares a `settle` goes up in one call. */
  finish(parcels: readonly Parcel[]): void {
    const ended = parcels.filter((parcel) => !parcel.settled);
    for (const parcel of ended) {
      parcel.settled = true;
      this.remove(parcel);
    }
    let up: Delivery[] = [];
    for (const [index, { deliveries, settle }] of ended.entries()) {
      up = up.length === 0 ? deliveries : up.concat(deliveries);
      if (ended[index + 1]?.settle === settle) continue;
      settle(up);
      up = [];
    }
  }

  /** Resolves when all that is in it now is settled, or at `deadline` (monotonic ms). */
  drained(deadline: number): Promise<void> {
    if (this.open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const inMs = deadline - this.clock.now();
      const timer = inMs === Infinity ? undefined : this.clock.after(Math.max(0, inMs), resolve);
      const done = (): void => {
        timer?.cancel();
        resolve();
      };
      this.waiters.push({ left: new Set(this.open), done });
    });
  }

  /** Settles all that is left; what comes later for it is ignored. */
  abandon(error: ProducerError): void {
    const left = [...this.open];
    for (const parcel of left) {
      const outcome = parcel.maybeWritten ? unknown(error) : failed(error);
      for (const delivery of parcel.deliveries) delivery.outcome = outcome;
    }
    this.finish(left);
  }

  private remove(parcel: Parcel): void {
    if (!this.open.delete(parcel)) return;
    this.records -= parcel.deliveries.length;
    if (this.waiters.length === 0) return;
    for (const { left, done } of this.waiters) if (left.delete(parcel) && left.size === 0) done();
    this.waiters = this.waiters.filter(({ left }) => left.size > 0);
  }
}
