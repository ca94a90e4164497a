import './events.js';
import type { Failed, Middleware, Unknown } from '@holdfast/core';
import { DelayQueue } from '@holdfast/core/internal';
import {
  Classifier,
  CodeCounter,
  Notify,
  readOptions,
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
import { FailureLog } from './failure-log.js';
import { Flight } from './in-flight-batch.js';
import { GiveUp, type Reason } from './final-outcomes.js';
import { resolveOptions, type ResolvedRetryOptions, type RetryOptions } from './options.js';
import type { RetryStats } from './stats.js';
import { Waiting } from './waiting-totals.js';

/**
 * Tries again what failed and may succeed later, with backoff and jitter, until `maxAttempts` or the delivery deadline.
 * What is given up goes up with an error that says why. Stands below the buffer, above the circuit breaker.
 */
export function retry(options: RetryOptions = {}): Middleware {
  const resolved = readOptions('retry', () => resolveOptions(options));
  return {
    name: 'retry',
    traits: { needsDeliveryResults: true, resends: true },
    bind: (next, env) => new RetryStage(resolved, next, env),
  };
}

/** Records that wait for one and the same next attempt. */
interface Group {
  readonly deliveries: Delivery[];
  readonly settle: Settle;
  readonly delayMs: number;
  /** Monotonic ms: the delay is over, or the first deadline has passed. */
  readonly dueAt: number;
  readonly bytes: number;
  /** Monotonic ms: the `createdAt` of the one that was sent first. */
  readonly oldestAt: number;
}

type Due = Pick<Group, 'deliveries' | 'settle' | 'delayMs'>;

class RetryStage implements Stage {
  private readonly delayed: DelayQueue<Group>;
  private readonly budget: RetryBudget | undefined;
  private readonly classifier: Classifier<'retry' | 'fail'>;
  private readonly failureLog: FailureLog;
  private readonly givenUp = new GiveUp();
  private readonly retriedByCode = new CodeCounter();
  private readonly counts = { retriedRecords: 0, gaveUpRecords: 0, waitingRecords: 0 };
  /** Batches of which a record has come back and waits for an earlier one of its lane. */
  private readonly holding = new Set<Flight>();
  private readonly waiting = new Waiting();
  private readonly idle = new Notify();
  private below = 0;
  private closed = false;

  constructor(
    private readonly options: ResolvedRetryOptions,
    private readonly next: Send,
    private readonly env: Env,
  ) {
    this.delayed = new DelayQueue(env.clock, (due) => this.tryAgain(due));
    const rules = { stage: 'retry', answers: ['retry', 'fail'], otherwise: 'error.retriable' } as const;
    this.classifier = new Classifier(rules, options.classify, env);
    this.failureLog = new FailureLog(env.logger, env.clock);
    this.budget = options.budget === false ? undefined : new RetryBudget(options.budget, env.clock);
  }

  send(batch: Delivery[], settle: Settle): void {
    this.budget?.firstAttempt(batch.length);
    this.handDown(batch, settle, this.options.initialDelayMs);
  }

  private handDown(batch: Delivery[], settle: Settle, previousDelayMs: number, isPaid = false): void {
    const flight = new Flight(batch.slice(), settle, previousDelayMs, isPaid);
    this.below += batch.length;
    this.next(batch, (settled) => this.comeUp(flight, settled));
  }

  private comeUp(flight: Flight, settled: Delivery[]): void {
    this.below -= settled.length;
    if (settled.every(({ outcome }) => outcome?.status !== 'failed' && outcome?.status !== 'unknown')) {
      flight.succeeded(settled);
      this.failureLog.worked(settled);
      flight.settle(settled);
    } else {
      this.triage(flight, settled);
    }
    const again = flight.released();
    if (again.length > 0) this.schedule(again, flight);
    if (flight.isHolding) this.holding.add(flight);
    else if (this.holding.size > 0) this.holding.delete(flight);
    this.tellIdle();
  }

  /** What is done goes up at once; what may be tried again waits. */
  private triage(flight: Flight, settled: Delivery[]): void {
    const done: Delivery[] = [];
    const again: Delivery[] = [];
    const ended: { [reason in Reason]: Delivery[] } = { attempts: [], deadline: [], closed: [], final: [] };
    for (const delivery of settled) {
      const { outcome } = delivery;
      if (outcome?.status !== 'failed' && outcome?.status !== 'unknown') {
        done.push(delivery);
        continue;
      }
      this.givenUp.note(delivery, outcome);
      const reason = this.reasonToEnd(delivery, outcome);
      if (reason === undefined) {
        again.push(delivery);
        this.failureLog.failed(delivery, outcome.error);
      } else ended[reason].push(delivery);
    }
    flight.failed(settled, again);
    if (flight.isPaid) this.budget?.giveBack(again.filter(wasRefused).length);
    this.failureLog.worked(done);
    if (done.length > 0) flight.settle(done);
    for (const reason of ['final', 'attempts', 'deadline', 'closed'] as const) {
      if (ended[reason].length > 0) this.giveUp(ended[reason], flight.settle, reason);
    }
  }

  private reasonToEnd(delivery: Delivery, outcome: Failed | Unknown): Reason | undefined {
    if (!this.isRetriable(outcome)) return 'final';
    if (delivery.attempts >= this.options.maxAttempts) return 'attempts';
    if (delivery.deadline <= this.env.clock.now()) return 'deadline';
    return this.closed ? 'closed' : undefined;
  }

  private isRetriable(outcome: Failed | Unknown): boolean {
    const verdict = this.classifier.ask(outcome);
    if (verdict !== undefined) return verdict === 'retry';
    return outcome.status === 'unknown' ? this.options.retryUnknown : outcome.error.retriable;
  }

  private schedule(deliveries: Delivery[], flight: Flight): void {
    this.counts.waitingRecords += deliveries.length;
    for (const part of partsByRetryAfter(deliveries)) {
      let attempts = 1;
      for (const one of part) attempts = Math.max(attempts, one.attempts);
      const delayMs = Math.max(
        backoff(this.options, attempts, flight.previousDelayMs, this.env.random),
        longestRetryAfter(part),
      );
      this.wait({ deliveries: part, settle: flight.settle, delayMs }, delayMs);
      const code = errorOf(part[0])?.code;
      if (code !== undefined && this.env.events.has('retry.scheduled')) {
        this.env.events.emit('retry.scheduled', { records: part.length, delayMs, code });
      }
    }
  }

  private wait({ deliveries, settle, delayMs }: Due, ms: number): void {
    let dueAt = this.env.clock.now() + ms;
    let bytes = 0;
    let oldestAt = Infinity;
    for (const { deadline, createdAt, record } of deliveries) {
      dueAt = Math.min(dueAt, deadline);
      oldestAt = Math.min(oldestAt, createdAt);
      bytes += recordBytes(record);
    }
    const group = { deliveries, settle, delayMs, dueAt, bytes, oldestAt };
    this.waiting.add(group);
    this.delayed.add(group);
  }

  private tryAgain(due: Group[]): void {
    const now = this.env.clock.now();
    for (const group of due) {
      this.waiting.remove(group);
      const expired = group.deliveries.filter(({ deadline }) => deadline <= now);
      const deliveries =
        expired.length === 0 ? group.deliveries : group.deliveries.filter(({ deadline }) => deadline > now);
      this.counts.waitingRecords -= expired.length;
      if (expired.length > 0) this.giveUp(expired, group.settle, 'deadline');
      if (deliveries.length > 0) this.spend({ ...group, deliveries });
    }
    this.tellIdle();
  }

  private spend(group: Due): void {
    const waitMs = this.budget?.take(group.deliveries.length) ?? 0;
    if (waitMs > 0) return this.wait(group, waitMs);
    this.counts.waitingRecords -= group.deliveries.length;
    this.counts.retriedRecords += group.deliveries.length;
    for (const delivery of group.deliveries) {
      const code = errorOf(delivery)?.code;
      if (code !== undefined) this.retriedByCode.add(code);
      delivery.outcome = undefined;
    }
    this.handDown(group.deliveries, group.settle, group.delayMs, true);
  }

  private giveUp(deliveries: Delivery[], settle: Settle, reason: Reason): void {
    this.counts.gaveUpRecords += deliveries.length;
    const settled = this.givenUp.settle(deliveries, reason, this.env.clock.now());
    const code = errorOf(settled[0])?.code;
    if (code !== undefined && this.env.events.has('retry.gaveUp')) {
      this.env.events.emit('retry.gaveUp', { records: settled.length, code });
    }
    settle(settled);
  }

  flush(deadline: number): Promise<void> {
    return this.whenIdle(deadline);
  }

  /** Waits for what is held until the deadline; what still waits for another try then is given up as `CLOSED`. */
  async close(deadline: number): Promise<void> {
    await this.whenIdle(deadline);
    this.closed = true;
    for (const group of this.delayed.takeAll()) {
      const { deliveries, settle } = group;
      this.waiting.remove(group);
      this.counts.waitingRecords -= deliveries.length;
      this.giveUp(deliveries, settle, 'closed');
    }
    for (const flight of this.holding) this.giveUp(flight.takeHeld(), flight.settle, 'closed');
    this.holding.clear();
    this.tellIdle();
  }

  stats(): RetryStats {
    let { waitingRecords } = this.counts;
    let oldest = this.waiting.oldestAt();
    let waitingBytes = this.waiting.bytes;
    for (const flight of this.holding) {
      for (const { createdAt, record } of flight.waiting()) {
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
      inFlightRecords: this.below,
    };
  }

  private whenIdle(deadline: number): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return untilDeadline(this.idle.wait(), deadline, this.env.clock);
  }

  private isIdle(): boolean {
    return this.below === 0 && this.counts.waitingRecords === 0;
  }

  private tellIdle(): void {
    if (this.idle.isAwaited && this.isIdle()) this.idle.notifyAll();
  }
}

const errorOf = (delivery: Delivery | undefined): Failed['error'] | undefined =>
  delivery?.outcome !== undefined && 'error' in delivery.outcome ? delivery.outcome.error : undefined;

const wasRefused = (delivery: Delivery): boolean => errorOf(delivery)?.code === 'CIRCUIT_OPEN';

const retryAfterOf = (delivery: Delivery): number => errorOf(delivery)?.retryAfter ?? 0;

function longestRetryAfter(deliveries: readonly Delivery[]): number {
  let longest = 0;
  for (const delivery of deliveries) longest = Math.max(longest, retryAfterOf(delivery));
  return longest;
}

/** One topic's `retryAfter` must not hold back another's records; a lane never spans topics, so its order is safe. */
function partsByRetryAfter(deliveries: Delivery[]): Delivery[][] {
  const first = deliveries[0];
  if (first === undefined) return [];
  const common = retryAfterOf(first);
  if (deliveries.every((one) => retryAfterOf(one) === common)) return [deliveries];
  const byTopic = new Map<string, Delivery[]>();
  for (const one of deliveries) {
    const part = byTopic.get(one.record.topic);
    if (part === undefined) byTopic.set(one.record.topic, [one]);
    else part.push(one);
  }
  return [...byTopic.values()];
}
