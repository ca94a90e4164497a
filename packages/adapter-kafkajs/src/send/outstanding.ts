import type { ProducerError } from '@holdfast/core';
import { DeadlineSweep, DrainWaiters } from '@holdfast/core/internal';
import {
  afterSilence,
  failed,
  unknown,
  untilDeadline,
  type Clock,
  type Delivery,
} from '@holdfast/core/stage';
import type { DeliveryGroup } from './delivery-group.js';
import { RecordBatch } from './record-batch.js';

/** How often delivery deadlines are checked, ms. */
const sweepMs = 250;

export interface OverdueListener {
  /** A delivery deadline in `batch` has passed. */
  overdue(batch: RecordBatch): void;
}

/** The deliveries that the adapter was given and has not settled. The only place that settles. */
export class Outstanding {
  private readonly open = new Set<DeliveryGroup>();
  private readonly waiters = new DrainWaiters<DeliveryGroup>();
  private readonly sweep: DeadlineSweep;
  /** The number of deliveries. */
  records = 0;

  constructor(
    private readonly clock: Clock,
    private readonly listener: OverdueListener,
  ) {
    const sweep = (now: number): void => this.endOverdue(now);
    this.sweep = new DeadlineSweep({ clock, intervalMs: sweepMs, sweep, wait: afterSilence });
  }

  add(group: DeliveryGroup): void {
    this.open.add(group);
    this.records += group.deliveries.length;
    this.sweep.watch(this.clock.now() + sweepMs);
  }

  /** `group` goes on as `parts`, which hold the same deliveries. */
  replace(group: DeliveryGroup, parts: readonly DeliveryGroup[]): void {
    if (!this.open.has(group)) return;
    for (const part of parts) this.add(part);
    this.remove(group);
    this.waiters.replace(group, parts);
  }

  /**
   * Settles `groups`, whose deliveries have their outcomes; one call for those that share a
   * `settle`.
   */
  finish(groups: readonly DeliveryGroup[]): void {
    const ended = groups.filter((group) => this.remove(group));
    for (const group of ended) {
      group.ended = true;
      this.waiters.ended(group);
    }
    let together: Delivery[] = [];
    for (const [index, { deliveries, settle }] of ended.entries()) {
      together = together.length === 0 ? deliveries : together.concat(deliveries);
      if (ended[index + 1]?.settle === settle) continue;
      settle(together);
      together = [];
    }
  }

  /**
   * Resolves when everything that is outstanding now is settled, or at `deadline` (monotonic ms).
   */
  drained(deadline: number): Promise<void> {
    if (this.open.size === 0) return Promise.resolve();
    return untilDeadline(this.waiters.wait(this.open), deadline, this.clock);
  }

  /** Settles everything that is left. Later results for it are ignored. */
  abandon(error: ProducerError): void {
    const left = [...this.open];
    for (const group of left) {
      const outcome = group.maybeWritten ? unknown(error) : failed(error);
      for (const delivery of group.deliveries) delivery.outcome = outcome;
    }
    this.finish(left);
  }

  private endOverdue(now: number): void {
    this.sweep.watchNext(now + sweepMs);
    for (const group of [...this.open]) {
      if (group instanceof RecordBatch && !group.ended && group.deadline <= now) this.listener.overdue(group);
    }
  }

  private remove(group: DeliveryGroup): boolean {
    if (!this.open.delete(group)) return false;
    this.records -= group.deliveries.length;
    // A timer for nobody would keep an idle process from ending.
    if (this.open.size === 0) this.sweep.cancel();
    return true;
  }
}
