import { Chain } from './chain.js';
import { Waiting, type Completion } from './completion.js';
import { Counters } from './counters.js';
import { Delivery } from './delivery.js';
import type { BaseEnv } from './env.js';
import { ProducerError } from './error.js';
import type { EventHub } from './events.js';
import { FailedRecords } from './failed-records.js';
import { FlushTracker } from './flush-tracker.js';
import { forked } from './fork.js';
import { Guard } from './guard.js';
import { laneOf } from './lane.js';
import { Line } from './line.js';
import { failed, unknown, type Delivered, type Failed, type Outcome, type Unknown } from './outcome.js';
import { deliveryTimeoutOf, type ProducerOptions } from './producer-options.js';
import { SerializedRecord, type ProducerRecord } from './record.js';
import { serialize, type KeyAndValue, type Serializers } from './serializer.js';
import { isSettled, settledMark } from './settled.js';
import { recordProblem, unknownField } from './validate-record.js';

/** Records handed down at once by `sendBatch`; between two lots the chain is asked for room. */
const lot = 256;

/** A delivery whose serializer has answered with a promise. */
interface Serializing {
  readonly delivery: Delivery;
  readonly done: Promise<boolean>;
}

/** The outermost end: makes each record a delivery, hands it down in order, counts it, and tells the caller. */
export class Edge<K, V> {
  readonly counters = new Counters();
  readonly waiting = new Waiting();
  readonly failures: FailedRecords;
  readonly chain: Chain;
  private readonly tracker = new FlushTracker();
  private readonly line: Line;
  private readonly guard: Guard | undefined;
  private readonly serializers: Serializers<K, V>;
  private readonly deliveryTimeoutMs: number;
  private readonly maxBlockMs: number;
  private readonly onUndeliverable:
    | ((record: SerializedRecord, outcome: Failed | Unknown) => void)
    | undefined;
  private closed = false;
  private sending = 0;

  constructor(
    options: ProducerOptions<K, V>,
    private readonly env: BaseEnv,
    private readonly events: EventHub,
    useGuard: boolean,
  ) {
    this.guard = useGuard ? new Guard(() => this.chain.names, events, env.logger) : undefined;
    this.chain = new Chain(options.use ?? [], options.client, env, this.guard);
    this.serializers = options.serializers ?? {};
    this.deliveryTimeoutMs = deliveryTimeoutOf(options);
    this.maxBlockMs = options.maxBlockMs ?? 60_000;
    this.failures = new FailedRecords(options.failedLimit ?? 100);
    this.onUndeliverable = options.onUndeliverable;
    this.line = new Line({
      clock: env.clock,
      maxBlockMs: this.maxBlockMs,
      ready: () => this.chain.ready(),
      handOn: (delivery) => this.handOn([delivery]),
      expired: (delivery) => this.settleNow(delivery, failed(this.noRoom(delivery))),
    });
  }

  get held(): number {
    return this.tracker.held;
  }

  get waitingForRoom(): number {
    return this.line.length;
  }

  /** The chain can take a record at once, and nobody is before it. */
  hasRoom(): boolean {
    return this.line.length === 0 && this.chain.ready() === undefined;
  }

  /** Resolves when {@link hasRoom} is worth asking again. */
  async room(): Promise<void> {
    await this.line.passed();
    await this.chain.ready();
  }

  /** `mayWait: false`: a record that finds no room fails at once. */
  send(record: ProducerRecord<K, V>, completion: Completion | undefined, mayWait = true): boolean {
    const delivery = this.admit(record, completion);
    if (delivery === undefined) return false;
    if (!(delivery instanceof Delivery)) return this.waitForBytes(delivery);
    if (this.hasRoom()) {
      this.handOn([delivery]);
      return true;
    }
    if (!mayWait) {
      this.settleNow(
        delivery,
        failed(
          new ProducerError(
            'BUFFER_FULL',
            'there is no room in the chain and fireAndForget does not wait; use send, or wait for producer.ready()',
            { retriable: true },
          ),
        ),
      );
      return false;
    }
    this.line.join(delivery);
    return true;
  }

  sendBatch(records: readonly ProducerRecord<K, V>[], completion: Completion): void {
    let next: Delivery[] = [];
    for (const record of records) {
      const delivery = this.admit(record, completion);
      if (delivery === undefined) continue;
      if (!(delivery instanceof Delivery)) {
        next = this.handOnOrWait(next);
        this.waitForBytes(delivery);
      } else if (next.push(delivery) === lot) next = this.handOnOrWait(next);
    }
    this.handOnOrWait(next);
  }

  /** Resolves when everything sent before is settled. */
  async flush(deadline: number): Promise<void> {
    const drained = this.tracker.drained(Math.trunc(this.env.clock.now()));
    await this.line.passed();
    await this.chain.flush(deadline);
    await drained;
  }

  /** Takes no more records; those that wait for room fail. */
  refuseMore(): void {
    this.closed = true;
  }

  failThoseInLine(): void {
    for (const delivery of this.line.clear()) this.settleNow(delivery, failed(closedError()));
  }

  /** What no stage has settled by the end of `close` is settled here; answers how many. */
  endTheRest(): number {
    this.guard?.reportForgotten();
    const left = this.held;
    for (const delivery of this.waiting.deliveries()) {
      if (isSettled(delivery)) continue;
      const error = new ProducerError(
        'CLOSE_TIMEOUT',
        'the producer was closed and no stage settled this record',
      );
      this.settleNow(delivery, delivery.attempts > 0 ? unknown(error) : failed(error));
    }
    return left;
  }

  private admit(
    record: ProducerRecord<K, V>,
    completion: Completion | undefined,
  ): Delivery | Serializing | undefined {
    this.counters.sent++;
    const problem = this.closed ? closedError() : this.problemOf(record);
    if (problem !== undefined) return this.refuse(record, problem, completion);
    let data: KeyAndValue | Promise<KeyAndValue>;
    try {
      data = serialize(record, this.serializers);
    } catch (error) {
      return this.refuse(record, asProducerError(error), completion);
    }
    if (!(data instanceof Promise)) return this.delivery(record, data.key, data.value, completion);
    const delivery = this.delivery(record, null, null, completion);
    return { delivery, done: this.fill(delivery, data) };
  }

  private waitForBytes({ delivery, done }: Serializing): true {
    this.line.join(delivery, done);
    return true;
  }

  private problemOf(record: ProducerRecord<K, V>): ProducerError | undefined {
    return recordProblem(record) ?? (this.guard === undefined ? undefined : unknownField(record));
  }

  private delivery(
    record: ProducerRecord<K, V>,
    key: Uint8Array | null,
    value: Uint8Array | null,
    completion: Completion | undefined,
  ): Delivery {
    const headers = record.headers === undefined ? undefined : { ...record.headers };
    const timestamp = record.timestamp ?? this.env.clock.wallTime();
    return this.envelope(
      new SerializedRecord(record.topic, key, value, headers, record.partition, timestamp),
      completion,
    );
  }

  private envelope(record: SerializedRecord, completion: Completion | undefined): Delivery {
    const now = Math.trunc(this.env.clock.now());
    const delivery = new Delivery(record, laneOf(record), now, now + this.deliveryTimeoutMs, completion);
    this.tracker.add(now);
    this.guard?.sent(delivery);
    completion?.attach?.(delivery);
    return delivery;
  }

  private async fill(delivery: Delivery, data: Promise<KeyAndValue>): Promise<boolean> {
    try {
      const { key, value } = await data;
      delivery.record.key = key;
      delivery.record.value = value;
      delivery.lane = laneOf(delivery.record);
      return true;
    } catch (error) {
      if (!isSettled(delivery)) this.settleNow(delivery, failed(asProducerError(error)));
      return false;
    }
  }

  private refuse(record: unknown, error: ProducerError, completion: Completion | undefined): undefined {
    const delivery = this.envelope(refusedRecord(record), completion);
    this.settleNow(delivery, failed(error));
    return undefined;
  }

  private handOnOrWait(batch: Delivery[]): Delivery[] {
    if (batch.length === 0) return batch;
    if (this.hasRoom()) this.handOn(batch);
    else for (const delivery of batch) this.line.join(delivery);
    return [];
  }

  private handOn(batch: Delivery[]): void {
    this.sending++;
    this.chain.send(batch, this.settle);
    this.sending--;
  }

  private settleNow(delivery: Delivery, outcome: Outcome): void {
    delivery.outcome = outcome;
    this.sending++; // the caller's callback must not run inside its own call
    this.settle([delivery]);
    this.sending--;
  }

  /** The end of the way up. One function for all, so that a stage that queues need not keep one for each delivery. */
  private readonly settle = (batch: Delivery[]): void => {
    for (const delivery of batch) {
      const { completion, outcome } = delivery;
      if (completion === settledMark || completion === forked || outcome === undefined) {
        this.broken(
          completion === settledMark
            ? 'a delivery was settled twice'
            : 'settle was given what the producer never sent',
        );
        continue;
      }
      delivery.completion = settledMark;
      delivery.depth = 0;
      this.counters.settled(outcome);
      this.tracker.remove(delivery.createdAt);
      this.guard?.settled(delivery);
      if (outcome.status === 'failed' || outcome.status === 'unknown') this.report(delivery, outcome);
      completion?.settled(delivery);
    }
    if (this.events.has('delivered')) this.reportDelivered(batch);
  };

  /** Runs a function of the user's: never inside his own call to `send`, and what it throws goes no further. */
  readonly callUser = (run: () => void): void => {
    if (this.sending > 0) queueMicrotask(() => this.safely(run));
    else this.safely(run);
  };

  private safely(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.env.logger.error('a callback of the user threw', {
        name: error instanceof Error ? error.name : typeof error,
      });
      this.events.emit('callbackError', { error });
    }
  }

  private report(delivery: Delivery, outcome: Failed | Unknown): void {
    const { record } = delivery;
    this.failures.add({ record, outcome, at: this.env.clock.wallTime() });
    if (this.events.has('failed')) this.events.emit('failed', { record, outcome });
    const tell = this.onUndeliverable;
    if (tell !== undefined) this.callUser(() => tell(record, outcome));
  }

  private reportDelivered(batch: readonly Delivery[]): void {
    const outcomes = batch
      .map(({ outcome }) => outcome)
      .filter((one): one is Delivered => one?.status === 'delivered');
    if (outcomes.length > 0) this.events.emit('delivered', { outcomes });
  }

  private broken(message: string): void {
    if (this.guard !== undefined) this.guard.violation('the producer', message);
    else this.events.emit('violation', { stage: 'the producer', message });
  }

  private noRoom(delivery: Delivery): ProducerError {
    if (delivery.deadline <= this.env.clock.now()) {
      return new ProducerError(
        'DELIVERY_TIMEOUT',
        `no room in the chain within deliveryTimeoutMs (${this.deliveryTimeoutMs} ms)`,
      );
    }
    return new ProducerError(
      'BLOCK_TIMEOUT',
      `no room in the chain within maxBlockMs (${this.maxBlockMs} ms): records come faster than Kafka takes them`,
      { retriable: true },
    );
  }
}

const closedError = (): ProducerError =>
  new ProducerError('CLOSED', 'the producer is closed; make a new one with createProducer');

const asProducerError = (error: unknown): ProducerError =>
  error instanceof ProducerError
    ? error
    : new ProducerError('SERIALIZER_FAILED', 'a serializer failed', { cause: error });

/** What can be kept of a record that was refused, so that it can be counted and looked at. */
function refusedRecord(record: unknown): SerializedRecord {
  const has = typeof record === 'object' && record !== null ? record : {};
  const topic = 'topic' in has && typeof has.topic === 'string' ? has.topic : '';
  const bytes = (name: 'key' | 'value'): Uint8Array | null => {
    const data: unknown = Reflect.get(has, name);
    if (typeof data === 'string') return Buffer.from(data);
    return data instanceof Uint8Array ? data : null;
  };
  return new SerializedRecord(topic, bytes('key'), bytes('value'), undefined, undefined, 0);
}
