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
import { RecordBatch, type DeliveryGroup } from './record-batch.js';

/** How often those on their way are looked at, ms. */
const lookMs = 250;

interface Waiter {
  readonly left: Set<DeliveryGroup>;
  readonly done: () => void;
}

/** What the adapter was handed and has not settled. The only place that settles. */
export class Outstanding {
  private readonly open = new Set<DeliveryGroup>();
  private waiters: Waiter[] = [];
  private timer: Timer | undefined;
  /** Deliveries in it. */
  records = 0;

  constructor(
    private readonly clock: Clock,
    /** A delivery deadline in `batch` has passed. */
    private readonly expire: (batch: RecordBatch) => void,
  ) {}

  add(group: DeliveryGroup): void {
    this.open.add(group);
    this.records += group.deliveries.length;
    this.timer ??= afterSilence(this.clock, lookMs, this.look);
  }

  /** `group` goes on as `parts`, which hold the same deliveries. */
  replace(group: DeliveryGroup, parts: readonly DeliveryGroup[]): void {
    if (group.settled) return;
    for (const part of parts) this.add(part);
    for (const { left } of this.waiters) if (left.has(group)) for (const part of parts) left.add(part);
    this.remove(group);
  }

  /** Every delivery in `groups` has its outcome. What shares a `settle` goes up in one call. */
  finish(groups: readonly DeliveryGroup[]): void {
    const ended = groups.filter((group) => !group.settled);
    for (const group of ended) {
      group.settled = true;
      this.remove(group);
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
    for (const group of left) {
      const outcome = group.maybeWritten ? unknown(error) : failed(error);
      for (const delivery of group.deliveries) delivery.outcome = outcome;
    }
    this.finish(left);
  }

  private readonly look = (): void => {
    this.timer = undefined;
    const now = this.clock.now();
    for (const group of [...this.open]) {
      if (group instanceof RecordBatch && !group.settled && group.deadline <= now) this.expire(group);
    }
    if (this.open.size > 0) this.timer ??= afterSilence(this.clock, lookMs, this.look);
  };

  private remove(group: DeliveryGroup): void {
    if (!this.open.delete(group)) return;
    this.records -= group.deliveries.length;
    if (this.open.size === 0) this.stopLooking();
    if (this.waiters.length === 0) return;
    for (const { left, done } of this.waiters) if (left.delete(group) && left.size === 0) done();
    this.waiters = this.waiters.filter(({ left }) => left.size > 0);
  }

  /** A timer for nobody would keep an idle process from ending. */
  private stopLooking(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
