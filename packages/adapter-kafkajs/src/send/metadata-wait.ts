import { ProducerError } from '@holdfast/core';
import { afterSilence, failed, type Clock, type Delivery, type Timer } from '@holdfast/core/stage';
import { stage } from '../errors.js';
import { DeliveryGroup } from './record-batch.js';
import type { Outstanding } from './outstanding.js';

/** Deadlines that pass within this time are looked at together. */
const sweepMs = 10;

/** Outstanding records that wait for word of their topics: each fails, unsent, at its delivery deadline. */
export class MetadataWait {
  private timer: Timer | undefined;

  constructor(
    private waiting: DeliveryGroup,
    private readonly outstanding: Outstanding,
    private readonly clock: Clock,
  ) {
    this.watch(0);
  }

  /** The word has come: nothing expires here any more. Answers with those that still wait. */
  end(): DeliveryGroup {
    this.timer?.cancel();
    return this.waiting;
  }

  private watch(leastMs: number): void {
    let earliest = Infinity;
    for (const { deadline } of this.waiting.deliveries) earliest = Math.min(earliest, deadline);
    if (earliest === Infinity) return;
    const ms = Math.max(leastMs, earliest - this.clock.now());
    this.timer = afterSilence(this.clock, ms, () => this.expire());
  }

  private expire(): void {
    const { waiting, outstanding } = this;
    if (waiting.settled) return;
    const now = this.clock.now();
    const isLate = ({ deadline }: Delivery): boolean => deadline <= now;
    const late = new DeliveryGroup(waiting.deliveries.filter(isLate), waiting.settle);
    this.waiting = new DeliveryGroup(
      waiting.deliveries.filter((delivery) => !isLate(delivery)),
      waiting.settle,
    );
    const parts = [late, this.waiting].filter(({ deliveries }) => deliveries.length > 0);
    outstanding.replace(waiting, parts);
    this.watch(sweepMs);
    if (late.deliveries.length === 0) return;
    const outcome = failed(tooLate());
    for (const delivery of late.deliveries) delivery.outcome = outcome;
    outstanding.finish([late]);
  }
}

const tooLate = (): ProducerError =>
  new ProducerError(
    'DELIVERY_TIMEOUT',
    'no broker has said where the topic is before the delivery deadline: check that the addresses are those of Kafka brokers',
    { stage, retriable: true },
  );
