import type { Completion } from '../contract/delivery.js';
import type { EventHub } from '../chain/event-hub.js';
import { Chain } from '../chain/chain.js';
import { PendingCompletions } from './completion.js';
import { Counters } from './counters.js';
import { Delivery } from '../contract/delivery.js';
import type { BaseEnv } from '../contract/env.js';
import type { ProducerError } from '../contract/error.js';
import { FailedRecords } from './failed-records.js';
import { FlushTracker } from '../kit/flush-tracker.js';
import { forked } from '../contract/fork.js';
import { LeakDetector } from '../chain/leak-detector.js';
import { RecordIntake } from '../intake/record-intake.js';
import { laneOf } from '../contract/lane.js';
import { WaitQueue } from './wait-queue.js';
import { failed, unknown, type Outcome } from '../contract/outcome.js';
import { deliveryTimeoutOf, type ProducerOptions } from './producer-options.js';
import { SerializedRecord, type GivenRecord } from '../contract/record.js';
import { Reports } from './reports.js';
import * as refusals from './errors.js';
import type { KeyAndValue } from '../intake/serializer.js';
import { isSettled, settledMark } from '../chain/settled.js';
import type { ProducerState, ProducerStats } from '../contract/stats.js';
import { soundOutcome } from '../chain/sound-outcome.js';
import { violationReporter, type ReportViolation } from '../chain/violations.js';
import { room, waitedReporter } from '../chain/waited.js';

/**
 * Records that `sendBatch` hands on at once to a chain that queues; it checks for room between two
 * chunks.
 */
const chunkForQueues = 256;
/** How many records of `fireAndForget` may wait for a serializer: no caller limits their memory. */
const mostSerializing = 10_000;

/** A delivery whose serializer returned a promise. */
interface Serializing {
  readonly delivery: Delivery;
  /** False: the serializer failed, and the delivery is settled. */
  readonly done: Promise<boolean>;
}

/** Both clocks, read once for all records of a call. */
interface Moment {
  readonly now: number;
  readonly wallTime: number;
}

/**
 * The upper end of the chain: makes a delivery of each record, hands it down in order, counts it,
 * and notifies the caller of its outcome.
 */
export class Dispatcher<K, V> {
  readonly counters = new Counters();
  readonly pending = new PendingCompletions();
  readonly failures: FailedRecords<K, V>;
  readonly chain: Chain;
  readonly reports: Reports<K, V>;
  private readonly intake: RecordIntake<K, V>;
  private readonly tracker = new FlushTracker();
  private readonly waitQueue: WaitQueue;
  private readonly leaks: LeakDetector | undefined;
  private readonly report: ReportViolation;
  private readonly deliveryTimeoutMs: number;
  private readonly maxBlockMs: number;
  private latest: Moment | undefined;
  private state: ProducerState = 'starting';

  constructor(
    options: ProducerOptions<K, V>,
    private readonly env: BaseEnv,
    events: EventHub,
    detectLeaks: boolean,
  ) {
    this.leaks = detectLeaks ? new LeakDetector() : undefined;
    this.report = violationReporter(events, env.logger);
    this.chain = new Chain(options.use ?? [], options.adapter, env, this.report, {
      stats: () => this.stats(),
      undelivered: (delivery, outcome) => this.reports.undelivered(delivery, outcome),
    });
    this.intake = new RecordIntake(options.serializers ?? {}, detectLeaks);
    this.deliveryTimeoutMs = deliveryTimeoutOf(options);
    this.maxBlockMs = options.maxBlockMs ?? 60_000;
    this.failures = new FailedRecords(options.failedLimit ?? 100);
    this.reports = new Reports({
      events,
      logger: env.logger,
      failures: this.failures,
      onUndeliverable: options.onUndeliverable,
      wallTime: () => env.clock.wallTime(),
      originalOf: (record) => this.intake.originalOf(record),
    });
    const waited = waitedReporter(events, env.clock);
    this.waitQueue = new WaitQueue({
      clock: env.clock,
      maxBlockMs: this.maxBlockMs,
      keepsContext: options.use?.some(({ traits }) => traits?.readsContext) ?? false,
      ready: () => this.chain.ready(),
      handOn: (delivery) => {
        const batch = [delivery];
        waited(room, batch);
        this.handOn(batch);
      },
      expired: (delivery, serializing) =>
        this.settleNow(delivery, failed(this.waitedTooLong(delivery, serializing))),
    });
  }

  get held(): number {
    return this.tracker.held;
  }

  get isStarting(): boolean {
    return this.state === 'starting';
  }

  /** Lets the producer take records. */
  started(): void {
    this.state = 'running';
  }

  stats(): ProducerStats {
    const { chain, counters, waitQueue, tracker } = this;
    return {
      state: this.state,
      sent: counters.sent,
      held: tracker.held,
      waitingForRoom: waitQueue.waitingRecords,
      longestWaitForRoomMs: waitQueue.longestWaitMs(),
      ...counters.outcomes(),
      errors: counters.errors(),
      attempts: chain.attempts(),
      stages: chain.stats(),
    };
  }

  /** True when the chain can take a record at once and none waits before it. */
  hasRoom(): boolean {
    return this.waitQueue.length === 0 && this.chain.ready() === undefined;
  }

  /**
   * Resolves when {@link hasRoom} may have become true; rejects once the producer takes no more
   * records.
   */
  async room(): Promise<void> {
    if (!this.isClosed) await this.waitQueue.passed();
    if (!this.isClosed) await this.chain.ready()?.catch(() => undefined);
    if (this.isClosed) throw refusals.closed();
  }

  get isClosed(): boolean {
    return this.state === 'closing' || this.state === 'closed';
  }

  send(given: GivenRecord<K, V>, completion: Completion): void {
    const delivery = this.admit(given, completion, this.moment());
    if (delivery === undefined) return;
    if (!(delivery instanceof Delivery)) this.waitQueue.join(delivery.delivery, delivery.done);
    else if (this.hasRoom()) this.handOn([delivery]);
    else this.waitQueue.join(delivery);
  }

  /** Returns whether the record was taken; one that finds no room fails at once. */
  fireAndForget(given: GivenRecord<K, V>): boolean {
    const taken = this.admit(given, undefined, this.moment());
    if (taken === undefined) return false;
    const delivery = taken instanceof Delivery ? taken : taken.delivery;
    const { waitQueue } = this;
    if (waitQueue.waitingForRoom || waitQueue.length >= mostSerializing || this.chain.ready() !== undefined) {
      this.settleNow(delivery, failed(refusals.noRoomNow()));
      return false;
    }
    if (!(taken instanceof Delivery)) waitQueue.join(delivery, taken.done);
    else if (waitQueue.length === 0) this.handOn([delivery]);
    else waitQueue.join(delivery);
    return true;
  }

  sendBatch(records: readonly GivenRecord<K, V>[], completion: Completion): void {
    const moment = this.moment();
    // Without a stage that queues, the records of a call are the batch that the client sees.
    const chunk = this.chain.queues ? chunkForQueues : Infinity;
    let next: Delivery[] = [];
    for (const given of records) {
      const delivery = this.admit(given, completion, moment);
      if (delivery === undefined) continue;
      if (!(delivery instanceof Delivery)) {
        next = this.handOnOrWait(next);
        this.waitQueue.join(delivery.delivery, delivery.done);
      } else if (next.push(delivery) === chunk) next = this.handOnOrWait(next);
    }
    this.handOnOrWait(next);
  }

  /**
   * Resolves when every record sent before is settled, with the errors of stages that failed to
   * flush.
   */
  async flush(deadline: number): Promise<Error[]> {
    const drained = this.tracker.drained(Math.trunc(this.env.clock.now()));
    await this.waitQueue.passed();
    const errors = await this.chain.flush(deadline);
    await drained;
    return errors;
  }

  /** Takes no more records. */
  refuseMore(): void {
    this.state = 'closing';
  }

  failWaiting(): void {
    for (const delivery of this.waitQueue.clear()) this.settleNow(delivery, failed(refusals.closed()));
  }

  /**
   * Settles what no stage has settled by the end of `close`; outcomes that arrive later are
   * ignored.
   */
  endTheRest(): void {
    this.leaks?.reportForgotten(this.chain.names, this.report);
    for (const delivery of this.pending.deliveries()) {
      if (isSettled(delivery)) continue;
      const error = refusals.neverSettled();
      this.settleNow(delivery, delivery.attempts > 0 ? unknown(error) : failed(error));
    }
    // The rest came from fireAndForget: nobody waits for them, but they were counted.
    this.counters.forgotten(this.tracker.held, refusals.neverSettled().code);
    this.tracker.clear();
    this.state = 'closed';
  }

  /** Reads both clocks at most once per millisecond: reading them is a tenth of a record's cost. */
  private moment(): Moment {
    const { clock } = this.env;
    const now = Math.trunc(clock.now());
    if (now !== this.latest?.now) this.latest = { now, wallTime: clock.wallTime() };
    return this.latest;
  }

  private admit(
    given: GivenRecord<K, V>,
    completion: Completion | undefined,
    moment: Moment,
  ): Delivery | Serializing | undefined {
    if (this.isClosed) return this.refuse(given, refusals.closed(), completion, moment);
    try {
      const timeoutMs = this.intake.timeoutOf(given);
      const taken = this.intake.take(given, moment.wallTime);
      if (SerializedRecord.is(taken)) return this.envelope(taken, completion, moment.now, timeoutMs);
      const delivery = this.envelope(taken.record, completion, moment.now, timeoutMs);
      return { delivery, done: this.fill(delivery, taken.bytes) };
    } catch (error) {
      return this.refuse(given, this.intake.problemOf(error), completion, moment);
    }
  }

  private envelope(
    record: SerializedRecord,
    completion: Completion | undefined,
    now: number,
    timeoutMs = this.deliveryTimeoutMs,
  ): Delivery {
    const delivery = new Delivery(record, laneOf(record), now, now + timeoutMs, completion);
    this.counters.sent++;
    this.tracker.add(now);
    this.leaks?.sent(delivery);
    completion?.attach?.(delivery);
    return delivery;
  }

  private async fill(delivery: Delivery, bytes: Promise<KeyAndValue>): Promise<boolean> {
    try {
      const { record } = delivery;
      this.intake.serialized(record, await bytes);
      delivery.lane = laneOf(record);
      return true;
    } catch (error) {
      if (!isSettled(delivery)) this.settleNow(delivery, failed(refusals.asProducerError(error)));
      return false;
    }
  }

  private refuse(
    given: GivenRecord<K, V>,
    error: ProducerError,
    completion: Completion | undefined,
    { now, wallTime }: Moment,
  ): undefined {
    const delivery = this.envelope(this.intake.placeholder(given, wallTime), completion, now);
    this.settleNow(delivery, failed(error));
    return undefined;
  }

  private handOnOrWait(batch: Delivery[]): Delivery[] {
    if (batch.length === 0) return batch;
    if (this.hasRoom()) this.handOn(batch);
    else for (const delivery of batch) this.waitQueue.join(delivery);
    return [];
  }

  private handOn(batch: Delivery[]): void {
    this.reports.insideCall++;
    this.chain.send(batch, this.settle); // throws nothing, see Boundary
    this.reports.insideCall--;
  }

  private settleNow(delivery: Delivery, outcome: Outcome): void {
    delivery.outcome = outcome;
    this.reports.insideCall++;
    this.finish(delivery);
    this.reports.insideCall--;
  }

  /**
   * The end of the way up. One function for all, so that a stage that queues keeps none per
   * delivery.
   */
  private readonly settle = (batch: Delivery[]): void => {
    if (this.state === 'closed') return;
    for (const delivery of batch) this.finish(delivery);
    this.reports.settled(batch);
  };

  private finish(delivery: Delivery): void {
    const { completion } = delivery;
    if (completion === settledMark || completion === forked || delivery.outcome === undefined) {
      this.report(
        'the producer',
        'was given a delivery that it never sent; settle those only that were handed down',
      );
      return;
    }
    const outcome = (delivery.outcome = soundOutcome(delivery.outcome));
    delivery.completion = settledMark;
    delivery.depth = 0;
    this.counters.settled(outcome);
    this.tracker.remove(delivery.createdAt);
    this.leaks?.settled(delivery);
    if (outcome.status === 'failed' || outcome.status === 'unknown') {
      this.reports.undelivered(delivery, outcome);
    }
    completion?.settled(delivery);
    delivery.done();
  }

  private waitedTooLong(delivery: Delivery, serializing: boolean): ProducerError {
    const expired = delivery.deadline <= this.env.clock.now();
    const limit = expired
      ? `deliveryTimeoutMs (${delivery.deadline - delivery.createdAt} ms)`
      : `maxBlockMs (${this.maxBlockMs} ms)`;
    if (serializing) return refusals.serializerTooSlow(limit);
    return expired ? refusals.expired(limit) : refusals.blocked(limit);
  }
}
