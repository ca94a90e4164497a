import type { ProducerError } from '@holdfast/core';
import {
  afterSilence,
  failed,
  unknown,
  untilDeadline,
  type Clock,
  type Delivery,
  type Timer,
} from '@holdfast/core/stage';
import { Lot, type Parcel } from './record-batch.js';

/** How often those on their way are looked at, ms. */
const lookMs = 250;

interface Waiter {
  readonly left: Set<Parcel>;
  readonly done: () => void;
}

/** What the adapter was handed and has not settled. The only place that settles. */
export class Outstanding {
  private readonly open = new Set<Parcel>();
  private waiters: Waiter[] = [];
  private timer: Timer | undefined;
  /** Deliveries in it. */
  records = 0;

  constructor(
    private readonly clock: Clock,
    /** A delivery deadline in `lot` has passed. */
    private readonly expire: (lot: Lot) => void,
  ) {}

  add(parcel: Parcel): void {
    this.open.add(parcel);
    this.records += parcel.deliveries.length;
    this.timer ??= afterSilence(this.clock, lookMs, this.look);
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
    const left = new Set(this.open);
    const drained = new Promise<void>((done) => this.waiters.push({ left, done }));
    return untilDeadline(drained, deadline, this.clock);
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

  private readonly look = (): void => {
    this.timer = undefined;
    const now = this.clock.now();
    for (const parcel of [...this.open]) {
      if (parcel instanceof Lot && !parcel.settled && parcel.deadline <= now) this.expire(parcel);
    }
    if (this.open.size > 0) this.timer ??= afterSilence(this.clock, lookMs, this.look);
  };

  private remove(parcel: Parcel): void {
    if (!this.open.delete(parcel)) return;
    this.records -= parcel.deliveries.length;
    if (this.open.size === 0) this.stopLooking();
    if (this.waiters.length === 0) return;
    for (const { left, done } of this.waiters) if (left.delete(parcel) && left.size === 0) done();
    this.waiters = this.waiters.filter(({ left }) => left.size > 0);
  }

  /** A timer for nobody would keep an idle process from ending. */
  private stopLooking(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
