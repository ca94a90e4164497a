import { setTimeout as sleep } from 'node:timers/promises';
import { createProducer, type Outcome, type Producer, type ProducerRecord } from '@holdfast/core';
import { HistoryChecker } from '../history/history-checker.js';
import type { FoundRecord } from '../history/history-types.js';
import { recordingLogger } from '../env/recording-logger.js';
import { shown, type MakeAdapter } from './adapter-case.js';
import type { KafkaControl } from './kafka-control.js';
import { readTopic } from './read-topic.js';

export interface TrafficOptions {
  readonly makeAdapter: MakeAdapter;
  readonly idempotent: boolean;
  /** Number of keys. Each has one batch in flight at a time. Default 20. */
  readonly lanes?: number;
  /** How long `end` waits for undelivered records, ms. Default 90,000. */
  readonly patienceMs?: number;
  /**
   * Reads the topic, partition by partition in order of offsets. Default: from the brokers, without
   * TLS.
   */
  readonly read?: (topic: string) => Promise<readonly FoundRecord[]>;
}

/** The records of one key. */
interface Lane {
  readonly key: string;
  sent: number;
  /** Resolves when the lane is idle. */
  tail: Promise<void>;
}

const perBatch = 5;
/** Batches that a lane delivers after the disturbance. */
const batchesAfter = 3;
const warmMs = 10_000;
const retryMs = 100;
const requestTimeoutMs = 5_000;

/**
 * Load for an adapter while brokers die: batch after batch of each key, as fast as they are
 * delivered, and undelivered records again until they are, as buffer and retry do. `during` sends;
 * `end` reports records that were lost, duplicated without having been `unknown`, or out of order.
 */
export class Traffic {
  private readonly history = new HistoryChecker();
  private readonly problems: string[] = [];
  private readonly lanes: readonly Lane[];
  private delivered = 0;
  private waiting: readonly { readonly at: number; readonly done: () => void }[] = [];
  private isOver = false;

  private constructor(
    private readonly producer: Producer,
    private readonly topic: string,
    private readonly options: Required<Omit<TrafficOptions, 'makeAdapter' | 'idempotent'>>,
  ) {
    this.lanes = Array.from({ length: options.lanes }, (_, index) => ({
      key: `key ${index}`,
      sent: 0,
      tail: Promise.resolve(),
    }));
  }

  /** Creates its own topic, and a producer. */
  static async start(control: KafkaControl, options: TrafficOptions): Promise<Traffic> {
    const { makeAdapter, idempotent, lanes = 20, patienceMs = 90_000 } = options;
    const topic = `traffic-${idempotent ? 'idempotent' : 'plain'}-${process.pid}-${Date.now().toString(36)}`;
    await control.createTopic(topic, { partitions: 6 });
    const client = makeAdapter({ brokers: control.brokers, requestTimeoutMs, idempotent });
    const producer = await createProducer({ adapter: client, env: { logger: recordingLogger() } });
    const { read = (name) => readTopicOf(control, name) } = options;
    return new Traffic(producer, topic, { lanes, patienceMs, read });
  }

  /**
   * All lanes send from before `work` until some batches after it. Resolves with its result; those
   * batches may take longer.
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const burst = { isOn: true };
    const flowing = this.lanes.map((lane) => {
      const before = lane.tail;
      return new Promise<void>((flows) => {
        lane.tail = before.then(() => this.send(lane, burst, flows));
      });
    });
    const warm = new AbortController();
    await Promise.race([
      Promise.all(flowing),
      sleep(warmMs, undefined, { signal: warm.signal }).catch(() => undefined),
    ]);
    warm.abort();
    try {
      return await work();
    } finally {
      burst.isOn = false;
    }
  }

  /** Resolves when `count` more records have been delivered. */
  more(count: number): Promise<void> {
    return new Promise((done) => (this.waiting = [...this.waiting, { at: this.delivered + count, done }]));
  }

  /** Number of duplicates in the topic, after `end`; each was `unknown` once. */
  get duplicated(): number {
    return this.history.summary().duplicated;
  }

  /** Number of records sent. */
  get sent(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.sent, 0);
  }

  /**
   * Waits until all records are delivered, and resolves with a message per problem in the topic.
   */
  async end(): Promise<string[]> {
    const { patienceMs, read } = this.options;
    const patience = setTimeout(() => (this.isOver = true), patienceMs);
    await Promise.all(this.lanes.map(({ tail }) => tail));
    clearTimeout(patience);
    if (this.isOver) this.problems.push(`${this.topic}: not all was delivered in ${patienceMs} ms`);
    await this.close();
    this.history.found(await read(this.topic));
    const broken = this.history.check().map(({ invariant, message }) => `${invariant}: ${message}`);
    return [...this.problems, ...broken];
  }

  async close(): Promise<void> {
    this.isOver = true;
    await this.producer.close({ timeoutMs: 5_000 });
  }

  private async send(lane: Lane, burst: { readonly isOn: boolean }, flows: () => void): Promise<void> {
    for (let left = batchesAfter; (burst.isOn || left > 0) && !this.isOver; ) {
      await this.deliver(lane);
      flows();
      if (!burst.isOn) left--;
    }
    flows();
  }

  private async deliver(lane: Lane): Promise<void> {
    let left = Array.from({ length: perBatch }, () => {
      const record: ProducerRecord = { topic: this.topic, key: lane.key, value: `v${lane.sent++}` };
      return { record, id: this.history.sent(record) };
    });
    while (left.length > 0 && !this.isOver) {
      const outcomes = await this.producer.sendBatch(left.map(({ record }) => record));
      left = left.filter(({ id }, index) => !this.isDone(id, outcomes[index]));
      if (left.length > 0) await sleep(retryMs);
    }
  }

  private isDone(id: string, outcome: Outcome | undefined): boolean {
    this.history.attempt(id, outcome);
    if (outcome?.status === 'delivered') {
      this.history.outcome(id, outcome);
      this.delivered++;
      for (const { at, done } of this.waiting) if (this.delivered >= at) done();
      this.waiting = this.waiting.filter(({ at }) => this.delivered < at);
      return true;
    }
    if (outcome !== undefined && 'error' in outcome && !outcome.error.retriable) {
      this.problems.push(`trouble that passes was called final: ${shown(outcome)}`);
      return true;
    }
    return false;
  }
}

async function readTopicOf({ brokers }: KafkaControl, topic: string): Promise<FoundRecord[]> {
  const records = await readTopic(brokers, topic);
  return records.map(({ partition, offset, key, value }) => ({ topic, partition, offset, key, value }));
}

/** Returns the same cluster, with traffic whenever brokers are killed or paused. */
export function underTraffic(control: KafkaControl, traffic: readonly Traffic[]): KafkaControl {
  const during = (work: () => Promise<void>): Promise<void> =>
    traffic.reduce<() => Promise<void>>((inner, one) => () => one.during(inner), work)();
  return {
    brokers: control.brokers,
    size: control.size,
    security: control.security,
    cannot: control.cannot ?? [],
    createTopic: (name, settings) => control.createTopic(name, settings),
    leader: (topic, partition) => control.leader(topic, partition),
    describeTopic: (topic) => control.describeTopic(topic),
    kill: (id) => during(() => control.kill(id)),
    start: (id) => control.start(id),
    killAll: () => during(() => control.killAll()),
    startAll: () => control.startAll(),
    pause: (id) => during(() => control.pause(id)),
    resume: (id) => control.resume(id),
    ready: () => control.ready(),
  };
}
