import { EventEmitter } from 'node:events';
import type { RdKafka } from '@confluentinc/kafka-javascript';

/** One record as the client was given it. */
export interface Produced {
  readonly by: FakeProducer;
  readonly topic: string;
  readonly partition: number;
  readonly value: Buffer | null;
  readonly key: Buffer | null;
  readonly timestamp: number;
  readonly opaque: unknown;
  /** As bytes, which the client makes of them. */
  readonly headers: readonly (readonly [name: string, value: Buffer])[];
  reported: boolean;
}

export interface FakeTopic {
  leader: number;
  replicas: number[];
  isrs: number[];
}

type Done<T> = (error: unknown, answer: T) => void;

const nothing: RdKafka.Metadata = { orig_broker_id: 1, orig_broker_name: 'fake', brokers: [], topics: [] };

const untilZero = (text: string): string => text.split('\0', 1).join('');

/** Cuts names and text at the first character 0, as the client does. */
const asBytes = ([name, value]: [string, unknown]): [string, Buffer] => [
  untilZero(name),
  Buffer.isBuffer(value) ? Buffer.from(value) : Buffer.from(untilZero(String(value))),
];

const native = (code: number, message = `code ${code}`): Error =>
  // As the client makes them: a number, and no flags.
  Object.assign(new Error(message), { code, errno: code, origin: 'kafka' });

/**
 * A cluster and the clients that were made for it. The test decides what happens, and when reports
 * come.
 */
export class FakeCluster {
  up = true;
  /** Metadata of each topic, by partition. */
  readonly topics = new Map<string, FakeTopic[]>();
  readonly produced: Produced[] = [];
  readonly clients: FakeProducer[] = [];
  /** How many records a client queues until a report makes room. */
  queueLimit = Infinity;
  /** What `connect` fails with. */
  connectError: Error | undefined;
  /** What the next `produce` throws. */
  throwNext: Error | undefined;
  /** Error events that each client emits once it has connected. */
  events: string[] = [];
  metadataCalls = 0;
  /**
   * Topics that were queried; `undefined` for all that a client knows.
   */
  readonly asked: (string | undefined)[] = [];
  /** Brokers create a topic that is queried by a client that allows it. */
  creates = false;
  /** Answers that the test releases, while brokers are silent. */
  kept: (() => void)[] = [];
  silent = false;
  /** The next query of this topic is never answered. */
  silentAbout: string | undefined = undefined;
  nextOffset = 100;
  /** When the client's own threads answer: at once, but in a later turn. */
  answers: (run: () => void) => void = setImmediate;

  constructor(topics: Readonly<Record<string, number>> = { t: 3 }) {
    for (const [name, partitions] of Object.entries(topics)) this.createTopic(name, partitions);
  }

  createTopic(name: string, partitions: number): void {
    this.topics.set(
      name,
      Array.from({ length: partitions }, () => ({ leader: 1, replicas: [1], isrs: [1] })),
    );
  }

  /** Makes an instance as a user does. */
  producer(config: object = {}, { reports = true } = {}): FakeProducer {
    return new (this.producerClass(reports))({
      'bootstrap.servers': 'fake',
      'enable.idempotence': true,
      ...config,
    });
  }

  get waiting(): Produced[] {
    return this.produced.filter(({ reported, by }) => !reported && by.isConnected());
  }

  get isFull(): boolean {
    return this.waiting.length >= this.queueLimit;
  }

  values(): (string | undefined)[] {
    return this.produced.map(({ value }) => value?.toString());
  }

  /** Reports these records, by default all that wait, as delivered or with a code. */
  report(code = 0, which: readonly Produced[] = this.waiting): void {
    for (const one of which) this.tell(one, code, code === 0 ? this.nextOffset++ : -1001);
  }

  /** The client was given a record, and has it until its report. */
  take(one: Produced): void {
    this.produced.push(one);
  }

  protected tell(one: Produced, code: number, offset: number): void {
    one.reported = true;
    one.by.emit('delivery-report', code === 0 ? null : native(code), {
      topic: one.topic,
      partition: one.partition,
      offset,
      timestamp: one.timestamp,
      key: one.key,
      opaque: one.opaque,
      size: one.value?.length ?? 0,
    });
  }

  private producerClass(reports: boolean): new (config: object, topic?: unknown) => FakeProducer {
    const make = (config: object): ConstructorParameters<typeof FakeProducer> => [this, config, reports];
    return class extends FakeProducer {
      constructor(config: object) {
        super(...make(config));
      }
    };
  }
}

/** Behaves as the client does, pitfalls included, without brokers and without time. */
export class FakeProducer extends EventEmitter {
  readonly globalConfig: object;
  readonly topicConfig = undefined;
  /** The real one keeps its delivery callback here. */
  readonly _cb_configs: { readonly event: object };
  pollsInBackground = false;
  /** It never forgets a topic that was queried. */
  private readonly known = new Set<string>();
  private connected = false;

  constructor(
    private readonly cluster: FakeCluster,
    config: object,
    reports: boolean,
  ) {
    super();
    const { dr_cb: _, ...rest }: { dr_cb?: unknown } = { ...config };
    this.globalConfig = rest;
    this._cb_configs = { event: reports ? { delivery_cb: () => undefined } : {} };
    cluster.clients.push(this);
  }

  isConnected(): boolean {
    return this.connected;
  }

  connect(options: object, done: Done<RdKafka.Metadata>): this {
    this.cluster.answers(() => {
      if (this.cluster.connectError !== undefined) return done(this.cluster.connectError, nothing);
      this.connected = true;
      // The real one kills itself when this fails.
      this.getMetadata(options, (error) => {
        if (error !== null) this.connected = false;
        done(error, nothing);
      });
    });
    return this;
  }

  getMetadata(options: { topic?: string }, done: Done<RdKafka.Metadata>): void {
    this.cluster.metadataCalls++;
    this.cluster.asked.push(options.topic);
    if (this.cluster.creates && Reflect.get(this.globalConfig, 'allow.auto.create.topics') === true) {
      const missing = options.topic === undefined ? this.known : new Set([options.topic]);
      for (const name of missing) if (!this.cluster.topics.has(name)) this.cluster.createTopic(name, 1);
    }
    if (options.topic !== undefined) this.known.add(options.topic);
    if (options.topic !== undefined && options.topic === this.cluster.silentAbout) {
      this.cluster.silentAbout = undefined;
      return;
    }
    const answer = (): void => {
      if (this.cluster.silent) return done(native(-185, 'Local: Timed out'), nothing);
      if (!this.cluster.up) {
        this.emit('event.error', new Error('all broker connections are down'));
        return done(native(-195, 'Local: Broker transport failure'), nothing);
      }
      const names = options.topic === undefined ? [...this.cluster.topics.keys()] : [options.topic];
      const topics = names.map((name) => ({
        name,
        partitions: (this.cluster.topics.get(name) ?? []).map((partition, id) => ({ id, ...partition })),
      }));
      done(null, { ...nothing, topics });
    };
    if (this.cluster.silent) this.cluster.kept.push(answer);
    else this.cluster.answers(answer);
  }

  produce(
    topic: string,
    partition: number | null | undefined,
    value: Buffer | null,
    key?: Buffer | string | null,
    timestamp?: number | null,
    opaque?: unknown,
    headers?: { [name: string]: unknown }[],
  ): boolean {
    if (!this.connected) throw new Error('Producer not connected');
    const { throwNext } = this.cluster;
    this.cluster.throwNext = undefined;
    if (throwNext !== undefined) throw throwNext;
    if (topic === '') throw new TypeError('"topic" must be a string');
    if (value !== null && !ArrayBuffer.isView(value)) throw new Error('Message must be a buffer or null');
    if (typeof timestamp !== 'number') throw new Error('Timestamp must be a number');
    if (this.cluster.isFull) throw native(-184, 'Local: Queue full');
    const partitions = this.cluster.topics.get(topic)?.length ?? Infinity;
    if ((partition ?? 0) >= partitions) throw native(-190, 'Local: Unknown partition');
    this.cluster.take({
      by: this,
      topic,
      partition: partition ?? -1,
      value: value === null ? null : Buffer.from(value),
      key: key === null || key === undefined ? null : Buffer.from(key),
      timestamp: timestamp ?? 0,
      opaque,
      headers: (headers ?? []).flatMap((header) => Object.entries(header).slice(0, 1).map(asBytes)),
      reported: false,
    });
    // It throws *and* has produced.
    for (const header of headers ?? []) {
      for (const one of Object.values(header)) {
        if (typeof one !== 'string' && !Buffer.isBuffer(one))
          throw new Error('Header value must be a string or buffer');
      }
    }
    headers?.splice(0); // it keeps what it was given, and changes it
    return true;
  }

  setPollInBackground(set: boolean): void {
    if (!this.connected) throw new Error('the real one takes the process with it');
    this.pollsInBackground = set;
    // The client's own threads report nothing before.
    this.cluster.answers(() => {
      for (const message of this.cluster.events) this.emit('event.error', new Error(message));
    });
  }

  disconnect(_timeoutMs: number, done: Done<unknown>): this {
    this.cluster.answers(() => {
      this.connected = false;
      done(null, undefined);
    });
    return this;
  }
}
