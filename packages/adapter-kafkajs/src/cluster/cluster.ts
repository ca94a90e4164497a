import { ProducerError } from '@holdfast/core';
import { sleep } from '@holdfast/core/internal';
import type { BaseEnv, Timer } from '@holdfast/core/stage';
import type { Connections } from '../client/connections.js';
import type { MetadataResponse } from '../client/kafkajs-types.js';
import type { Settings } from '../options.js';
import type { KafkajsStats } from '../stats.js';
import type { ProduceResponse } from '../wire/decode-produce.js';
import type { ProducerId } from '../wire/encode-batch.js';
import type { Broker } from './broker.js';
import { Brokers, type BrokersListener } from './brokers.js';
import { CoalescedTask } from './coalesced-task.js';
import { MetadataCache } from './metadata-cache.js';

/** Between two requests for metadata that nobody waits for, as Java's `retry.backoff.ms`. */
const refreshIntervalMs = 100;
/** For a broker with nothing else to do. A busy one answers in turn, after its produce requests. */
const idleMetadataTimeoutMs = 5_000;
/** How long the creation of a topic on first use may take. */
const topicCreationMs = 5_000;
/** A broker that is silent for so long may have lost its partitions to another one. */
const suspectAfterMs = 2_000;

const unknownTopic = 3;
const leaderNotAvailable = 5;

export interface ClusterListener {
  /** Partitions may have other leaders, and brokers may have left. */
  metadataChanged(): void;
  /** Nobody has used these topics for a while. */
  topicsForgotten(topics: ReadonlySet<string>): void;
}

export interface ClusterOptions {
  readonly env: BaseEnv;
  readonly settings: Settings;
  readonly connections: Connections;
  readonly listener?: ClusterListener;
}

/** The brokers, the metadata about topics, and producer ids. */
export class Cluster implements BrokersListener {
  readonly metadata = new MetadataCache();
  private readonly brokers: Brokers;
  /** Topics that records wait for. Nothing else creates a topic. */
  private readonly wanted = new Set<string>();
  private readonly requestWanted = new CoalescedTask(() => this.requestMetadata(this.takeWanted(), true));
  private readonly refresh = new CoalescedTask(() => this.requestUsed());
  private refreshedAt = -Infinity;
  private timer: Timer | undefined;
  private stopped = false;

  constructor(private readonly options: ClusterOptions) {
    const { env, settings, connections } = options;
    this.brokers = new Brokers({ env, settings, connections, listener: this });
  }

  /**
   * Resolves when a broker has answered. Rejects when none did in the first round, and goes on
   * trying.
   */
  start(): Promise<void> {
    return this.brokers.start();
  }

  /** Returns the leader of a partition; `undefined` while it has none. */
  leader(topic: string, partition: number): Broker | undefined {
    return this.brokers.node(this.metadata.leader(topic, partition));
  }

  has(broker: Broker): boolean {
    return this.brokers.has(broker);
  }

  /**
   * Requests metadata about topics that records wait for, and about these alone. Rejects when no
   * broker answers.
   */
  async resolve(topics: readonly string[]): Promise<void> {
    const { env, settings } = this.options;
    const until = env.clock.now() + topicCreationMs;
    const isMissing = (topic: string): boolean =>
      [unknownTopic, leaderNotAvailable].includes(this.metadata.get(topic)?.errorCode ?? unknownTopic);
    await this.want(topics);
    while (settings.allowAutoTopicCreation && env.clock.now() < until && topics.some(isMissing)) {
      await sleep(env.clock, refreshIntervalMs);
      await this.want(topics);
    }
  }

  /** The metadata may be wrong: requests it again, soon. */
  refreshSoon(): void {
    if (this.timer !== undefined || this.stopped) return;
    const { clock } = this.options.env;
    const wait = Math.max(0, this.refreshedAt + refreshIntervalMs - clock.now());
    this.timer = clock.after(wait, () => {
      this.timer = undefined;
      this.refresh.run().catch(() => undefined);
    });
  }

  brokersChanged(): void {
    this.refreshSoon();
  }

  /**
   * A broker that does not lead a partition names the leader (KIP-951), which saves a request for
   * metadata.
   */
  follow({ topics, nodes }: ProduceResponse): void {
    for (const { name, partitions } of topics) {
      for (const { partition, leader } of partitions) {
        if (leader === undefined) continue;
        const node = nodes.find(({ nodeId }) => nodeId === leader);
        if (node !== undefined && this.brokers.node(leader) === undefined) this.brokers.add(node);
        if (this.brokers.node(leader) !== undefined) this.metadata.setLeader(name, partition, leader);
      }
    }
  }

  /** Refreshes metadata that is old, or when `broker` is suspiciously silent. */
  refreshIfDoubtful(broker: Broker): void {
    const age = this.options.env.clock.now() - this.refreshedAt;
    const isSuspect = broker.silentMs() > suspectAfterMs && age > suspectAfterMs;
    if (age > this.options.settings.metadataMaxAgeMs || isSuspect) this.refreshSoon();
  }

  /**
   * Resolves with an id under which brokers recognise records that they have already. A broker that
   * has just started has none to give yet, sometimes for more than ten seconds (it waits for the
   * controller): the others are asked in turn.
   */
  async producerId(): Promise<ProducerId> {
    const { env, settings } = this.options;
    const until = env.clock.now() + settings.requestTimeoutMs;
    let asked: readonly Broker[] = [];
    for (;;) {
      const first = await this.brokers.connected();
      const next = this.brokers.leastLoaded().find((one) => !asked.includes(one));
      const broker = next ?? first;
      asked = next === undefined ? [first] : [...asked, next];
      try {
        return await broker.call((connection) => connection.initProducerId(), settings.requestTimeoutMs);
      } catch (error) {
        const notYet = ProducerError.is(error) && error.kafka !== undefined && error.retriable;
        if (!notYet || env.clock.now() >= until) throw error;
        this.brokers.connectAll();
        await sleep(env.clock, refreshIntervalMs);
      }
    }
  }

  stats(): Pick<KafkajsStats, 'connections' | 'requestsInFlight' | 'reconnects'> {
    return this.brokers.stats();
  }

  /** Disconnects, when no record is in flight any more. Does not wait for metadata. */
  close(error: ProducerError): Promise<void> {
    this.stop();
    return this.brokers.close(error);
  }

  /** Ends every connection now. */
  abort(error: ProducerError): void {
    this.stop();
    this.brokers.abort(error);
  }

  private stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  private want(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.wanted.add(topic);
    return this.requestWanted.run();
  }

  private takeWanted(): string[] {
    const topics = [...this.wanted];
    this.wanted.clear();
    return topics;
  }

  private async requestUsed(): Promise<void> {
    const now = this.options.env.clock.now();
    this.refreshedAt = now;
    const forgotten = this.metadata.forgetUnused(now);
    if (forgotten.size > 0) this.options.listener?.topicsForgotten(forgotten);
    await this.requestMetadata(this.metadata.used, false);
  }

  private async requestMetadata(topics: readonly string[], mayCreate: boolean): Promise<void> {
    const first = await this.brokers.connected();
    if (topics.length === 0) return; // kafkajs would request all topics of the cluster.
    let failure: unknown;
    for (const broker of new Set([first, ...this.brokers.leastLoaded()])) {
      try {
        this.update(await this.metadataFrom(broker, topics, mayCreate));
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  private metadataFrom(
    broker: Broker,
    topics: readonly string[],
    mayCreate: boolean,
  ): Promise<MetadataResponse> {
    const { requestTimeoutMs, allowAutoTopicCreation } = this.options.settings;
    const isIdle = broker.inFlight === 0;
    const timeoutMs = isIdle ? Math.min(idleMetadataTimeoutMs, requestTimeoutMs) : requestTimeoutMs;
    const create = mayCreate && allowAutoTopicCreation;
    return broker.call((connection) => connection.metadata(topics, create), timeoutMs, isIdle);
  }

  private update({ brokers, topicMetadata }: MetadataResponse): void {
    this.brokers.update(brokers);
    this.metadata.update(topicMetadata, this.options.env.clock.now());
    this.options.listener?.metadataChanged();
  }
}
