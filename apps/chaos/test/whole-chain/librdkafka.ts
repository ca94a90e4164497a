import type { Adapter } from '@holdfast/core';
import { confluentAdapter } from '@holdfast/adapter-confluent';
import {
  FakeCluster,
  type FakeProducer,
  type Produced,
} from '../../../../packages/adapter-confluent/test/fake-client.fixture.js';
import type { SimulatedClient } from './client.js';
import { noLeader, type SimulatedCluster } from './cluster.js';
import { idOf } from './memory.js';
import type { ProcessClock } from './process-clock.js';
import { headersOf, storedBytes, type Stored } from './stored.js';

const codes = { transport: -195, messageTimedOut: -192, invalidRecord: 87 } as const;
const backoffMs = 100;
/** librdkafka's `request.timeout.ms`. */
const requestTimeoutMs = 30_000;
/** The most records that the client puts into one request. */
const batchRecords = 20;

/**
 * Records of one partition in one request. An idempotent client resends it unchanged until it has
 * the answer.
 */
interface Request {
  readonly records: readonly Produced[];
  /** The sequence number, by which the broker recognises it. */
  base: number | undefined;
}

/** A request on its way to a node. */
interface Attempt {
  readonly request: Request;
  readonly node: number;
}

/** One partition of one client. */
interface Line {
  readonly by: FakeProducer;
  readonly topic: string;
  readonly partition: number;
  readonly waiting: Produced[];
  /** The next request, or the one in flight. */
  request: Request | undefined;
  attempt: Attempt | undefined;
}

/**
 * What librdkafka does behind the fake client of adapter-confluent's tests, for one process: one
 * request per partition at a time, retries in order when it is idempotent, delivery reports,
 * metadata, and the event that all brokers are down.
 */
export class Librdkafka extends FakeCluster implements SimulatedClient {
  readonly unread = 0;
  readonly refusedBesideAnother = new Set<string>();
  private readonly lines = new Map<FakeProducer, Map<string, Line>>();
  private records = 0;

  constructor(
    private readonly kafka: SimulatedCluster,
    private readonly clock: ProcessClock,
    private readonly idempotent: boolean,
    private readonly timeoutMs: number,
  ) {
    super({});
    this.answers = (run) =>
      clock.deliver(kafka.anyUp ? 1 : 100, () => {
        this.look();
        run();
      });
    kafka.onChange(() => clock.outside(20 * kafka.random(), () => this.notice()));
  }

  adapter(): Adapter {
    const config = { 'enable.idempotence': this.idempotent };
    return confluentAdapter(this.producer(config), { requestTimeoutMs: this.timeoutMs });
  }

  /** Ends the newest client, as by an error that librdkafka calls fatal. */
  die(): void {
    const by = this.clients.at(-1);
    if (by?.isConnected() !== true) return;
    this.lines.delete(by);
    this.clock.deliver(0, () => by.emit('event.error', new Error('fatal error: made up')));
  }

  end(): void {
    this.lines.clear();
  }

  override get isFull(): boolean {
    return this.records >= this.queueLimit;
  }

  override take(one: Produced): void {
    this.records++;
    const line = this.lineOf(one);
    line.waiting.push(one);
    if (line.request === undefined && line.waiting.length === 1) this.pumpIn(this.kafka.random(), line);
    if (!this.idempotent) this.clock.outside(this.timeoutMs + 500, () => this.expire(line, one));
  }

  private lineOf({ by, topic, partition }: Produced): Line {
    let ofClient = this.lines.get(by);
    if (ofClient === undefined) this.lines.set(by, (ofClient = new Map<string, Line>()));
    const name = `${topic}/${partition}`;
    let line = ofClient.get(name);
    if (line === undefined) {
      line = { by, topic, partition, waiting: [], request: undefined, attempt: undefined };
      ofClient.set(name, line);
    }
    return line;
  }

  private lives(line: Line): boolean {
    return this.lines.get(line.by)?.get(`${line.topic}/${line.partition}`) === line && line.by.isConnected();
  }

  private pumpIn(ms: number, line: Line): void {
    this.clock.outside(ms, () => {
      if (this.lives(line) && line.attempt === undefined) this.pump(line);
    });
  }

  private pump(line: Line): void {
    const node = this.kafka.leaders(line.topic)[line.partition] ?? noLeader;
    if (line.request === undefined) {
      if (line.waiting.length === 0) return;
      line.request = { records: this.cut(line.waiting), base: undefined };
    }
    if (this.kafka.state(node) === 'down') return this.pumpIn(backoffMs, line);
    this.send(line, (line.attempt = { request: line.request, node }));
  }

  /**
   * A `batch.size` above what the topic takes can break the order once, as documented; not here.
   */
  private cut(waiting: Produced[]): Produced[] {
    const most = 1 + Math.floor(this.kafka.random() * batchRecords);
    let bytes = 0;
    const end = waiting.findIndex((one, index) => {
      bytes += storedBytes(storedOf(one));
      return index === most || (index > 0 && bytes > this.kafka.maxMessageBytes);
    });
    return waiting.splice(0, end < 0 ? waiting.length : end);
  }

  private send(line: Line, attempt: Attempt): void {
    const { node, request } = attempt;
    const fate = this.kafka.fate();
    const broken = (): void => this.broken(line, attempt);
    this.clock.outside(requestTimeoutMs, broken);
    this.kafka.clock.after(1, () =>
      this.kafka.arrive(node, () => {
        if (fate === 'lost') return this.clock.outside(1, broken);
        const code = this.process(line, request, node);
        if (fate === 'answer lost') return this.clock.outside(1, broken);
        this.clock.outside(fate.answeredInMs, () => this.answered(line, attempt, code));
      }),
    );
  }

  /** On the broker: it does not write again what it already has. */
  private process({ topic, partition }: Line, request: Request, node: number): number {
    if (request.base !== undefined && this.idempotent) return 0;
    const part = { topic, partition, records: request.records.map(storedOf) };
    const { code, written } = this.kafka.judge(node, part);
    if (written) request.base = this.kafka.append(part);
    if (code === codes.invalidRecord)
      for (const one of request.records) this.refusedBesideAnother.add(idOf(one));
    return code;
  }

  private answered(line: Line, attempt: Attempt, code: number): void {
    if (!this.lives(line) || line.attempt !== attempt) return;
    line.attempt = undefined;
    if (code !== 0 && this.idempotent && !finalCodes.includes(code)) return this.pumpIn(backoffMs, line);
    line.request = undefined;
    this.reportAll(line, attempt.request, code);
  }

  private broken(line: Line, attempt: Attempt): void {
    if (!this.lives(line) || line.attempt !== attempt) return;
    line.attempt = undefined;
    if (this.idempotent) this.pumpIn(backoffMs, line);
    else {
      line.request = undefined;
      this.reportAll(line, attempt.request, codes.transport);
    }
  }

  private reportAll(line: Line, { records, base }: Request, code: number): void {
    this.clock.deliver(0, () => {
      for (const [index, one] of records.entries()) {
        this.tellOnce(one, code, code === 0 && base !== undefined ? base + index : -1001);
      }
    });
    this.pumpIn(1, line);
  }

  /** Its `message.timeout.ms` is over, and so is that of all records that share its request. */
  private expire(line: Line, one: Produced): void {
    const at = line.waiting.indexOf(one);
    if (at >= 0)
      this.reportAll(line, { records: line.waiting.splice(at, 1), base: undefined }, codes.messageTimedOut);
    else if (line.request?.records.includes(one) === true) {
      const { request } = line;
      line.request = line.attempt = undefined;
      this.reportAll(line, request, codes.messageTimedOut);
    }
  }

  private tellOnce(one: Produced, code: number, offset: number): void {
    if (one.reported) return;
    this.records--;
    this.tell(one, code, offset);
  }

  /** Returns the current metadata. */
  private look(): void {
    this.up = this.kafka.anyUp;
    for (const name of this.kafka.topics) {
      const partitions = this.kafka
        .leaders(name)
        .map((leader) => ({ leader, replicas: [1, 2, 3], isrs: [1, 2, 3] }));
      this.topics.set(name, partitions);
    }
  }

  /** Connections to a dead broker break, and an outage of all brokers is reported. */
  private notice(): void {
    for (const line of [...this.lines.values()].flatMap((lines) => [...lines.values()])) {
      const { attempt } = line;
      if (attempt !== undefined && this.kafka.state(attempt.node) === 'down') this.broken(line, attempt);
    }
    if (this.kafka.nodes.some((node) => this.kafka.state(node) !== 'down')) return;
    for (const by of this.clients) {
      if (by.isConnected())
        this.clock.deliver(0, () => by.emit('event.error', new Error('all broker connections are down')));
    }
  }
}

const finalCodes: readonly number[] = [10, 29, 87];

const storedOf = ({ key, value, headers }: Produced): Stored => ({ key, value, headers: headersOf(headers) });
