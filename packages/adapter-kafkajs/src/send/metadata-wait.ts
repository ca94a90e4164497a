import { DeadlineSweep } from '@holdfast/core/internal';
import { afterSilence, failed, type Clock, type Delivery } from '@holdfast/core/stage';
import { noMetadataInTime } from '../errors.js';
import { DeliveryGroup } from './delivery-group.js';
import type { Outstanding } from './outstanding.js';

/** Deadlines that pass within this time are handled together, ms. */
const sweepMs = 10;

/**
 * Outstanding records that wait for metadata about their topics. Each fails, unsent, at its
 * delivery deadline.
 */
export class MetadataWait {
  private readonly sweep: DeadlineSweep;

  constructor(
    private waiting: DeliveryGroup,
    private readonly outstanding: Outstanding,
    clock: Clock,
  ) {
    const sweep = (now: number): void => this.expire(now);
    this.sweep = new DeadlineSweep({ clock, intervalMs: sweepMs, sweep, wait: afterSilence });
    this.sweep.watch(earliestDeadline(waiting));
  }

  /**
   * The metadata is there, or will not come: nothing expires here any more. Returns the records
   * that still wait.
   */
  end(): DeliveryGroup {
    this.sweep.cancel();
    return this.waiting;
  }

  private expire(now: number): void {
    const { waiting, outstanding } = this;
    if (waiting.ended) return;
    const isLate = ({ deadline }: Delivery): boolean => deadline <= now;
    const late = new DeliveryGroup(waiting.deliveries.filter(isLate), waiting.settle);
    this.waiting = new DeliveryGroup(
      waiting.deliveries.filter((delivery) => !isLate(delivery)),
      waiting.settle,
    );
    const parts = [late, this.waiting].filter(({ deliveries }) => deliveries.length > 0);
    outstanding.replace(waiting, parts);
    this.sweep.watchNext(earliestDeadline(this.waiting));
    if (late.deliveries.length === 0) return;
    const outcome = failed(noMetadataInTime());
    for (const delivery of late.deliveries) delivery.outcome = outcome;
    outstanding.finish([late]);
  }
}

function earliestDeadline({ deliveries }: DeliveryGroup): number {
  let earliest = Infinity;
  for (const { deadline } of deliveries) earliest = Math.min(earliest, deadline);
  return earliest;
}
