import type { Outcome } from '@holdfast/core';
import { DrainWaiters, LinkedList } from '@holdfast/core/internal';
import {
  afterSilence,
  untilDeadline,
  type Clock,
  type Delivery,
  type Settle,
  type Timer,
} from '@holdfast/core/stage';
import { InFlightBatch, type InFlightRecord } from './in-flight-batch.js';

/** How often batches in flight are checked, ms. */
const checkMs = 250;

/**
 * Batches that the adapter was given and has not settled. The only place that settles, always in a
 * later turn, in groups.
 */
export class Outstanding {
  private readonly open = new LinkedList<InFlightBatch>();
  private readonly draining = new DrainWaiters<InFlightBatch>();
  /** Batches with deliveries that have an outcome and are not handed up. */
  private toHandUp: InFlightBatch[] = [];
  private timer: Timer | undefined;
  /** Deliveries that are not settled. */
  records = 0;

  constructor(
    private readonly clock: Clock,
    /** Called every so often while a batch is in flight. */
    private readonly check: (now: number) => void,
  ) {}

  add(deliveries: readonly Delivery[], settle: Settle, timeoutMs: number): InFlightBatch {
    const startedAt = this.clock.now();
    const timesOutAt = startedAt + timeoutMs;
    let dueAt = timesOutAt;
    for (const { deadline } of deliveries) if (deadline < dueAt) dueAt = deadline;
    const batch = new InFlightBatch(settle, deliveries.length, startedAt, timesOutAt, dueAt);
    if (deliveries.length > 0) this.open.push(batch);
    this.records += deliveries.length;
    this.watch();
    return batch;
  }

  /** Sets the outcome of one delivery of the batch, once only. */
  settle(batch: InFlightBatch, delivery: Delivery, outcome: Outcome): void {
    delivery.outcome = outcome;
    if (batch.settled.push(delivery) > 1) return;
    if (this.toHandUp.push(batch) === 1) this.clock.soon(this.handUp);
  }

  /** Returns the open batches, oldest first. */
  batches(): InFlightBatch[] {
    return [...this.open];
  }

  /** Returns the records whose delivery has no outcome yet. */
  pending(): InFlightRecord[] {
    return this.batches().flatMap((batch) => batch.pending());
  }

  /** Resolves when what is in flight now is settled, or at `deadline`. */
  drained(deadline: number): Promise<void> {
    if (this.open.first === undefined) return Promise.resolve();
    return untilDeadline(this.draining.wait(this.open), deadline, this.clock);
  }

  /** Hands up now what has an outcome. */
  readonly handUp = (): void => {
    const batches = this.toHandUp;
    this.toHandUp = [];
    const ended: InFlightBatch[] = [];
    for (const batch of batches) {
      const group = batch.settled;
      batch.settled = [];
      batch.unsettled -= group.length;
      this.records -= group.length;
      if (batch.unsettled === 0) {
        this.close(batch);
        ended.push(batch);
      }
      batch.settle(group);
    }
    for (const batch of ended) this.draining.ended(batch);
  };

  private close(batch: InFlightBatch): void {
    this.open.remove(batch);
    // An array that died in old space would keep its young contents alive.
    batch.records.length = 0;
    if (this.open.first !== undefined) return;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private watch(): void {
    if (this.timer !== undefined || this.open.first === undefined) return;
    this.timer = afterSilence(this.clock, checkMs, () => {
      this.timer = undefined;
      this.check(this.clock.now());
      this.watch();
    });
  }
}
