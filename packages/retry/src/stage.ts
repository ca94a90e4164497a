import { DeadlineSweep } from '@holdfast/core/internal';
import {
  CodeCounter,
  Notify,
  recordBytes,
  untilDeadline,
  type Delivery,
  type Env,
  type Send,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import { backoff } from './backoff.js';
import { RetryBudget } from './budget.js';
import type { StopReason } from './errors.js';
import { FailureLog } from './failure-log.js';
import { FinalOutcomes } from './final-outcomes.js';
import { InFlightBatch } from './in-flight-batch.js';
import type { ResolvedRetryOptions } from './options.js';
import { RetryPolicy } from './policy.js';
import { errorOf, longestRetryAfter, partsByRetryAfter } from './retry-after.js';
import type { RetryStats } from './stats.js';
import { WaitingRecords, type RetryGroup } from './waiting-records.js';

/** Deadlines of records that wait for an earlier one of their lane are swept together, ms. */
const sweepMs = 50;

/** Retry in one producer's chain. */
export class RetryStage implements Stage {
  private readonly policy: RetryPolicy;
  private readonly budget: RetryBudget | undefined;
  private readonly waiting: WaitingRecords;
  private readonly failureLog: FailureLog;
  private readonly finalOutcomes = new FinalOutcomes();
  private readonly retriedByCode = new CodeCounter();
  private readonly counts = { retriedRecords: 0, gaveUpRecords: 0, waitingRecords: 0 };
  /** Batches with a failed record that waits for an unsettled one of its lane. */
  private readonly holding = new Set<InFlightBatch>();
  private readonly deadlines: DeadlineSweep;
  private readonly idle = new Notify();
  private inFlightRecords = 0;
  private closed = false;

  constructor(
    private readonly options: ResolvedRetryOptions,
    private readonly next: Send,
    private readonly env: Env,
  ) {
    this.policy = new RetryPolicy(options, env);
    this.budget = options.budget === false ? undefined : new RetryBudget(options.budget, env.clock);
    this.waiting = new WaitingRecords(env.clock, (group) => this.retry(group));
    this.failureLog = new FailureLog(env.logger, env.clock);
    this.deadlines = new DeadlineSweep({
      clock: env.clock,
      intervalMs: sweepMs,
      sweep: (now) => this.expireHeld(now),
    });
  }

  send(batch: Delivery[], settle: Settle): void {
    this.budget?.firstAttempt(batch.length);
    this.sendDown(batch, settle, this.options.initialDelayMs);
  }

  flush(deadline: number): Promise<void> {
    return this.whenIdle(deadline);
  }

  /**
   * Waits until the deadline for what retry holds; records that then wait for another attempt are
   * given up as `CLOSED`.
   */
  async close(deadline: number): Promise<void> {
    await this.whenIdle(deadline);
    this.closed = true;
    for (const { deliveries, settle } of this.waiting.takeAll()) {
      this.counts.waitingRecords -= deliveries.length;
      this.giveUp(deliveries, settle, 'closed');
    }
    for (const batch of this.holding) this.giveUp(batch.takeHeld(Infinity), batch.settle, 'closed');
    this.holding.clear();
    this.deadlines.cancel();
    this.notifyIfIdle();
  }

  stats(): RetryStats {
    let { waitingRecords } = this.counts;
    let oldest = this.waiting.oldestCreatedAt();
    let waitingBytes = this.waiting.bytes;
    for (const batch of this.holding) {
      for (const { createdAt, record } of batch.held()) {
        waitingRecords++;
        oldest = Math.min(oldest, createdAt);
        waitingBytes += recordBytes(record);
      }
    }
    return {
      ...this.counts,
      retriedByCode: this.retriedByCode.counts(),
      waitingRecords,
      waitingBytes,
      oldestWaitingMs: Math.max(0, this.env.clock.now() - oldest),
      inFlightRecords: this.inFlightRecords,
    };
  }

  private sendDown(deliveries: Delivery[], settle: Settle, previousDelayMs: number, isPaid = false): void {
    const batch = new InFlightBatch(deliveries.slice(), settle, previousDelayMs, isPaid);
    this.inFlightRecords += deliveries.length;
    this.next(deliveries, (settled) => this.settle(batch, settled));
  }

  private settle(batch: InFlightBatch, settled: Delivery[]): void {
    this.inFlightRecords -= settled.length;
    if (settled.every(({ outcome }) => outcome?.status !== 'failed' && outcome?.status !== 'unknown')) {
      batch.succeed(settled);
      this.failureLog.worked(settled);
      batch.settle(settled);
    } else {
      this.triage(batch, settled);
    }
    const released = batch.takeReleased();
    if (released.length > 0) this.schedule(released, batch);
    if (batch.isHolding) {
      this.holding.add(batch);
      for (const { deadline } of settled) this.deadlines.watch(deadline);
    } else this.release(batch);
    this.notifyIfIdle();
  }

  private release(batch: InFlightBatch): void {
    if (this.holding.delete(batch) && this.holding.size === 0) this.deadlines.cancel();
  }

  /** A later record of a lane may have the earlier deadline. */
  private expireHeld(now: number): void {
    let earliest = Infinity;
    const expired: [Delivery[], Settle][] = [];
    for (const batch of [...this.holding]) {
      const deliveries = batch.takeHeld(now);
      if (deliveries.length > 0) expired.push([deliveries, batch.settle]);
      if (!batch.isHolding) this.release(batch);
      for (const { deadline } of batch.held()) earliest = Math.min(earliest, deadline);
    }
    if (this.holding.size > 0) this.deadlines.watchNext(earliest);
    for (const [deliveries, settle] of expired) this.giveUp(deliveries, settle, 'deadline');
    this.notifyIfIdle();
  }

  /** Settles at once what has ended; records that may be tried again wait. */
  private triage(batch: InFlightBatch, settled: Delivery[]): void {
    const succeeded: Delivery[] = [];
    const toRetry: Delivery[] = [];
    const ended: { [reason in StopReason]: Delivery[] } = {
      attempts: [],
      deadline: [],
      closed: [],
      final: [],
    };
    const now = this.env.clock.now();
    for (const delivery of settled) {
      const { outcome } = delivery;
      if (outcome?.status !== 'failed' && outcome?.status !== 'unknown') {
        succeeded.push(delivery);
        continue;
      }
      this.finalOutcomes.note(delivery, outcome);
      const reason = this.policy.stopReason(delivery, outcome, now) ?? (this.closed ? 'closed' : undefined);
      if (reason === undefined) {
        toRetry.push(delivery);
        this.failureLog.failed(delivery, outcome.error);
      } else ended[reason].push(delivery);
    }
    batch.fail(settled, toRetry);
    if (batch.isPaid) this.budget?.refund(toRetry.filter(wasRefused).length);
    this.failureLog.worked(succeeded);
    if (succeeded.length > 0) batch.settle(succeeded);
    for (const reason of ['final', 'attempts', 'deadline', 'closed'] as const) {
      if (ended[reason].length > 0) this.giveUp(ended[reason], batch.settle, reason);
    }
  }

  private schedule(deliveries: Delivery[], { settle, previousDelayMs }: InFlightBatch): void {
    this.counts.waitingRecords += deliveries.length;
    for (const part of partsByRetryAfter(deliveries)) {
      let attempts = 1;
      for (const one of part) attempts = Math.max(attempts, one.attempts);
      const delayMs = Math.max(
        backoff(this.options, attempts, previousDelayMs, this.env.random),
        longestRetryAfter(part),
      );
      this.waiting.add({ deliveries: part, settle, delayMs, readyAt: this.env.clock.now() + delayMs });
      const code = errorOf(part[0])?.code;
      if (code !== undefined && this.env.events.has('retry.scheduled')) {
        this.env.events.emit('retry.scheduled', { records: part.length, delayMs, code });
      }
    }
  }

  private retry(group: RetryGroup): void {
    const now = this.env.clock.now();
    const expired = group.deliveries.filter(({ deadline }) => deadline <= now);
    const deliveries =
      expired.length === 0 ? group.deliveries : group.deliveries.filter(({ deadline }) => deadline > now);
    this.counts.waitingRecords -= expired.length;
    if (expired.length > 0) this.giveUp(expired, group.settle, 'deadline');
    if (deliveries.length > 0) {
      if (group.readyAt > now) this.waiting.add({ ...group, deliveries });
      else this.spend({ ...group, deliveries });
    }
    this.notifyIfIdle();
  }

  private spend(group: RetryGroup): void {
    const waitMs = this.budget?.take(group.deliveries.length) ?? 0;
    if (waitMs > 0) return this.waiting.add({ ...group, readyAt: this.env.clock.now() + waitMs });
    this.counts.waitingRecords -= group.deliveries.length;
    this.counts.retriedRecords += group.deliveries.length;
    for (const delivery of group.deliveries) {
      const code = errorOf(delivery)?.code;
      if (code !== undefined) this.retriedByCode.add(code);
      delivery.outcome = undefined;
    }
    this.sendDown(group.deliveries, group.settle, group.delayMs, true);
  }

  private giveUp(deliveries: Delivery[], settle: Settle, reason: StopReason): void {
    this.counts.gaveUpRecords += deliveries.length;
    this.finalOutcomes.set(deliveries, reason, this.env.clock.now());
    const code = errorOf(deliveries[0])?.code;
    if (code !== undefined && this.env.events.has('retry.gaveUp')) {
      this.env.events.emit('retry.gaveUp', { records: deliveries.length, code });
    }
    settle(deliveries);
  }

  private whenIdle(deadline: number): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return untilDeadline(this.idle.wait(), deadline, this.env.clock);
  }

  private isIdle(): boolean {
    return this.inFlightRecords === 0 && this.counts.waitingRecords === 0;
  }

  private notifyIfIdle(): void {
    if (this.idle.isAwaited && this.isIdle()) this.idle.notifyAll();
  }
}

const wasRefused = (delivery: Delivery): boolean => errorOf(delivery)?.code === 'CIRCUIT_OPEN';
