import type { Adapter } from '@holdfast/core';
import { checkOptions, aBoolean, anObject, numberBetween, wholeNumberBetween } from '@holdfast/core/stage';
import { seededRandom } from '../property/seed.js';
import { TopicLog, type LoggedRecord } from './topic-log.js';
import { MemoryAdapter } from './memory-adapter.js';
import type { ClusterClient, MemoryCluster } from './memory-cluster.js';

export interface MemoryKafkaOptions {
  /** Partitions by topic: `{ orders: 3 }`. Default none. */
  readonly topics?: { readonly [topic: string]: number };
  /**
   * Creates a missing topic, with one partition, for its first record. Default false, as in most
   * clusters.
   */
  readonly autoCreateTopics?: boolean;
  /**
   * Larger records fail with `RECORD_TOO_LARGE`. Default 1,048,588, the broker's default
   * `message.max.bytes`.
   */
  readonly maxMessageBytes?: number;
  /** Time until a record is written and settled, ms. Default 0: in the next turn. */
  readonly latencyMs?: number;
  /** Seed for the partition that keyless records stick to per batch. Default 1. */
  readonly seed?: number;
}

export interface DownOptions {
  /** Records in flight are written, and only the response is lost. Default false. */
  readonly writesInFlight?: boolean;
}

/** An in-memory Kafka for unit tests of code that produces: no broker, no network, no waiting. */
export interface MemoryKafka {
  /**
   * Returns an adapter for `createProducer({ adapter })`, on the producer's clock. Several may
   * write to the same topics.
   */
  adapter(): Adapter;
  createTopic(topic: string, partitions?: number): void;
  /**
   * From now on records fail with `BROKER_UNREACHABLE`; those in flight end as `CONNECTION_LOST`.
   */
  down(options?: DownOptions): void;
  /** Ends `down` and `silence`: requests without a response are written and settled now. */
  up(): void;
  /**
   * Connections stay open, but requests get no response; each record ends at its delivery deadline.
   */
  silence(): void;
  readonly isUp: boolean;
  /** Returns the records of a topic, or of all: partition by partition, in order of offsets. */
  messages(topic?: string): LoggedRecord[];
  /** Returns their values as text; a tombstone is null. */
  values(topic?: string): (string | null)[];
}

// https://kafka.apache.org/documentation/#brokerconfigs_message.max.bytes
const defaultMaxMessageBytes = 1_048_588;

export function memoryKafka(options: MemoryKafkaOptions = {}): MemoryKafka {
  checkOptions('memoryKafka', options, {
    topics: anObject,
    autoCreateTopics: aBoolean,
    maxMessageBytes: wholeNumberBetween(1, Infinity, 'bytes'),
    latencyMs: numberBetween(0, 2 ** 31, 'ms'),
    seed: wholeNumberBetween(-(2 ** 31), 2 ** 32),
  });
  return new InMemory(options);
}

class InMemory implements MemoryKafka, MemoryCluster {
  readonly log = new TopicLog();
  readonly latencyMs: number;
  readonly maxMessageBytes: number;
  readonly random: () => number;
  isUp = true;
  isSilent = false;
  private readonly partitions = new Map<string, number>();
  private readonly autoCreate: boolean;
  private readonly clients = new Set<ClusterClient>();

  constructor({
    topics = {},
    autoCreateTopics = false,
    maxMessageBytes,
    latencyMs = 0,
    seed = 1,
  }: MemoryKafkaOptions) {
    this.autoCreate = autoCreateTopics;
    this.maxMessageBytes = maxMessageBytes ?? defaultMaxMessageBytes;
    this.latencyMs = latencyMs;
    this.random = seededRandom(seed);
    for (const [topic, partitions] of Object.entries(topics)) this.createTopic(topic, partitions);
  }

  adapter(): Adapter {
    return new MemoryAdapter(this);
  }

  createTopic(topic: string, partitions = 1): void {
    if (!Number.isInteger(partitions) || partitions < 1) {
      throw new RangeError(
        `memoryKafka: topic '${topic}' needs a whole number of partitions >= 1, not ${partitions}`,
      );
    }
    this.partitions.set(topic, partitions);
  }

  partitionsOf(topic: string): number | undefined {
    if (this.autoCreate && !this.partitions.has(topic)) this.createTopic(topic);
    return this.partitions.get(topic);
  }

  down({ writesInFlight = false }: DownOptions = {}): void {
    if (!this.isUp) return;
    this.isUp = false;
    for (const client of this.clients) client.connectionLost(writesInFlight);
  }

  silence(): void {
    this.isSilent = true;
  }

  up(): void {
    if (this.isSilent) {
      this.isSilent = false;
      for (const client of this.clients) client.answersAgain();
    }
    if (this.isUp) return;
    this.isUp = true;
    for (const client of this.clients) client.connectionBack();
  }

  join(client: ClusterClient): void {
    this.clients.add(client);
  }

  leave(client: ClusterClient): void {
    this.clients.delete(client);
  }

  messages(topic?: string): LoggedRecord[] {
    return this.log.messages(topic);
  }

  values(topic?: string): (string | null)[] {
    return this.log.values(topic);
  }
}
