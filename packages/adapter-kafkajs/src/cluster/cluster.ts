import type { BrokerConnection } from '../client/broker-connection.js';
import type { Connections } from '../client/connections.js';
import type { MetadataResponse } from '../client/kafkajs-types.js';
import type { ProducerId } from '../wire/encode-batch.js';
import { ProducerError } from '@holdfast/core';
import type { BaseEnv, Timer } from '@holdfast/core/stage';
import { CoalescedTask } from './coalesced-task.js';
import { delay } from './delay.js';
import { Broker, type BrokerOptions } from './broker.js';
import type { Settings } from '../options.js';
import { Reconnector } from './reconnector.js';
import type { ProduceRequest } from '../send/produce-request.js';
import { RequestQueue, type RequestQueueOptions } from '../send/request-queue.js';
import type { KafkajsStats } from '../stats.js';
import { MetadataCache } from './metadata-cache.js';
import type { NodeAddress, ProduceResponse } from '../wire/decode-produce.js';

/** Between two requests for metadata that nobody waits for, as Java's `retry.backoff.ms`. */
const refreshIntervalMs = 100;
/** For a broker with nothing else to do. One that is busy answers in turn, after its produce requests. */
const idleMetadataTimeoutMs = 5_000;
/** How long a topic that comes to be on first use may take. */
const topicCreationMs = 5_000;
/** A broker that is silent for so long may have lost its partitions to another one. */
const suspectAfterMs = 2_000;

export interface ClusterOptions extends Pick<RequestQueueOptions, 'send' | 'refuse'> {
  readonly env: BaseEnv;
  readonly settings: Settings;
  readonly connections: Connections;
  /** Requests that wait for a broker which may lead their partitions no more. */
  readonly reroute: (requests: readonly ProduceRequest[]) => void;
  /** Nobody has used these topics for a while. */
  readonly forget: (topics: ReadonlySet<string>) => void;
}

/** The brokers, who leads what, and the way to each. */
export class Cluster {
  readonly metadata: MetadataCache;
  private queues = new Map<number, RequestQueue>();
  /** To where no node is any more; what is in flight on them ends first. */
  private readonly retired = new Set<Broker>();
  /** The configured broker that answered, or is being tried, until it is known which node it is. */
  private seed: Broker | undefined;
  private readonly reconnector: Reconnector;
  /** Topics that records wait for. Nothing else brings a topic into being. */
  private readonly wanted = new Set<string>();
  private readonly askForWanted = new CoalescedTask(() => this.ask(this.takeWanted(), true));
  private readonly refresh = new CoalescedTask(() => this.askForAll());
  private refreshedAt = -Infinity;
  private timer: Timer | undefined;
  private hasWorked = false;
  private stopped = false;

  constructor(private readonly options: ClusterOptions) {
    const { env, settings } = options;
    this.metadata = new MetadataCache(options.forget);
    this.reconnector = new Reconnector({
      env,
      reconnect: settings.reconnect,
      attempt: () => this.findABroker(),
    });
  }

  /** Resolves when a broker has answered; rejects when none did in the first round, and goes on trying. */
  start(): Promise<void> {
    return this.reconnector.start();
  }

  /** The way to a partition's leader; `undefined` while it has none. */
  leader(topic: string, partition: number): RequestQueue | undefined {
    return this.queues.get(this.metadata.leader(topic, partition));
  }

  /** Asks for topics that records wait for, and for these alone. Rejects when no broker answers. */
  async resolve(topics: readonly string[]): Promise<void> {
    const { env, settings } = this.options;
    const until = env.clock.now() + topicCreationMs;
    const creating = (): boolean =>
      settings.allowAutoTopicCreation &&
      env.clock.now() < until &&
      topics.some((topic) => [3, 5].includes(this.metadata.get(topic)?.errorCode ?? 3));
    await this.askFor(topics);
    while (creating()) {
      await delay(refreshIntervalMs, env.clock);
      await this.askFor(topics);
    }
  }

  private askFor(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.wanted.add(topic);
    return this.askForWanted.run();
  }

  private takeWanted(): string[] {
    const topics = [...this.wanted];
    this.wanted.clear();
    return topics;
  }

  /** What is known may be wrong: asks again, soon, and for nobody in particular. */
  refreshSoon(): void {
    if (this.timer !== undefined || this.stopped) return;
    const { clock } = this.options.env;
    const wait = Math.max(0, this.refreshedAt + refreshIntervalMs - clock.now());
    this.timer = clock.after(wait, () => {
      this.timer = undefined;
      this.refresh.run().catch(() => undefined);
    });
  }

  /** A broker that does not lead a partition says who does now (KIP-951): there is no need to ask first. */
  follow({ topics, nodes }: ProduceResponse): void {
    for (const { name, partitions } of topics) {
      for (const { partition, leader } of partitions) {
        if (leader === undefined) continue;
        const node = nodes.find(({ nodeId }) => nodeId === leader);
        if (node !== undefined && !this.queues.has(leader)) {
          this.queues.set(leader, this.queueTo(node, this.brokers()));
        }
        if (this.queues.has(leader)) this.metadata.lead(name, partition, leader);
      }
    }
  }

  /** Asks again where the answers are old, or `queue`'s broker is suspiciously silent. */
  refreshIfDoubtful(queue: RequestQueue): void {
    const now = this.options.env.clock.now();
    if (now - this.refreshedAt > this.options.settings.metadataMaxAgeMs) this.refreshSoon();
    else if (queue.broker.silentMs() > suspectAfterMs && now - this.refreshedAt > suspectAfterMs)
      this.refreshSoon();
  }

  /**
   * An id under which brokers recognise what they have already. A broker that has just started has none to give yet, sometimes
   * for more than ten seconds (it waits for the controller): the others are asked in turn.
   */
  async producerId(): Promise<ProducerId> {
    const { env, settings } = this.options;
    const until = env.clock.now() + settings.requestTimeoutMs;
    let asked: readonly Broker[] = [];
    for (;;) {
      const first = await this.connectedBroker();
      const next = this.leastLoaded().find((one) => !asked.includes(one));
      const broker = next ?? first;
      asked = next === undefined ? [first] : [...asked, next];
      try {
        return await broker.call((connection) => connection.initProducerId(), settings.requestTimeoutMs);
      } catch (error) {
        const notYet = ProducerError.is(error) && error.kafka !== undefined && error.retriable;
        if (!notYet || env.clock.now() >= until) throw error;
        this.connectAll();
        await delay(refreshIntervalMs, env.clock);
      }
    }
  }

  stats(): Pick<KafkajsStats, 'connections' | 'requestsInFlight' | 'reconnects'> {
    const brokers = this.brokers();
    return {
      connections: brokers.filter(({ connected }) => connected).length,
      requestsInFlight: brokers.reduce((sum, { inFlight }) => sum + inFlight, 0),
      reconnects: this.reconnector.reconnects,
    };
  }

  /** No record is in flight any more: disconnects. An answer about topics is not waited for. */
  async close(error: ProducerError): Promise<void> {
    this.stop();
    const brokers = [...this.brokers(), ...this.retired];
    for (const broker of brokers) if (broker.inFlight > 0) broker.abort(error);
    await Promise.all(brokers.map((broker) => broker.close()));
  }

  /** Ends every connection now. */
  abort(error: ProducerError): void {
    this.stop();
    for (const broker of [...this.brokers(), ...this.retired]) broker.abort(error);
  }

  private stop(): void {
    this.stopped = true;
    this.reconnector.stop();
    this.timer?.cancel();
  }

  private brokers(): Broker[] {
    const brokers = [...this.queues.values()].map(({ broker }) => broker);
    return this.seed === undefined || brokers.includes(this.seed) ? brokers : [...brokers, this.seed];
  }

  private async askForAll(): Promise<void> {
    const now = this.options.env.clock.now();
    this.refreshedAt = now;
    await this.ask(this.metadata.tracked(now), false);
  }

  private async ask(topics: readonly string[], mayCreate: boolean): Promise<void> {
    const first = await this.connectedBroker();
    if (topics.length === 0) return; // kafkajs would ask for all there are
    let failure: unknown;
    for (const broker of new Set([first, ...this.leastLoaded()])) {
      try {
        this.apply(await this.askOne(broker, topics, mayCreate));
        return;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  private askOne(broker: Broker, topics: readonly string[], mayCreate: boolean): Promise<MetadataResponse> {
    const { requestTimeoutMs, allowAutoTopicCreation } = this.options.settings;
    const idle = broker.inFlight === 0;
    const timeoutMs = idle ? Math.min(idleMetadataTimeoutMs, requestTimeoutMs) : requestTimeoutMs;
    const create = mayCreate && allowAutoTopicCreation;
    return broker.call((connection) => connection.metadata(topics, create), timeoutMs, idle);
  }

  private async connectedBroker(): Promise<Broker> {
    let [broker] = this.leastLoaded();
    if (broker === undefined) {
      await this.reconnector.start();
      [broker] = this.leastLoaded();
    }
    if (broker === undefined) return this.connectedBroker();
    return broker;
  }

  private connectAll(): void {
    const now = this.options.env.clock.now();
    for (const broker of this.brokers()) if (now >= broker.retryAt) broker.connect().catch(() => undefined);
  }

  /** Connected brokers; first those that wait for the fewest answers, then those that answered last. */
  private leastLoaded(): Broker[] {
    return this.brokers()
      .filter(({ connected }) => connected)
      .sort((a, b) => a.inFlight - b.inFlight || b.lastAnswerAt - a.lastAnswerAt);
  }

  /** One round over the nodes that are known and the brokers that are configured. */
  private async findABroker(): Promise<void> {
    const tried = new Set<string>();
    let failure: unknown;
    for (const broker of this.brokers()) {
      tried.add(broker.address);
      try {
        await broker.connect();
        return this.found();
      } catch (error) {
        failure = moreTelling(failure, error);
      }
    }
    const seeds = new Set<string>();
    for (;;) {
      const connection = await this.options.connections.seed(this.options.env.clock);
      const { address } = connection;
      if (seeds.has(address) || this.stopped) throw failure;
      seeds.add(address);
      if (tried.has(address)) continue;
      try {
        this.seed = this.newBroker(connection);
        await this.seed.connect();
        return this.found();
      } catch (error) {
        failure = moreTelling(failure, error);
      }
    }
  }

  private found(): void {
    this.hasWorked = true;
    for (const broker of this.brokers()) broker.retryNow();
    this.refreshSoon();
  }

  private newBroker({ address, host, port }: Pick<BrokerConnection, 'address' | 'host' | 'port'>): Broker {
    const { env, connections } = this.options;
    const options: BrokerOptions = {
      clock: env.clock,
      open: () => connections.to({ host, port }, env.clock),
      backoffMs: (failures) => this.reconnector.backoffMs(failures),
      worked: () => this.hasWorked,
      onLost: () => this.lost(),
    };
    return new Broker(address, options);
  }

  private lost(): void {
    if (this.brokers().some(({ connected }) => connected)) this.refreshSoon();
    else this.reconnector.start().catch(() => undefined);
  }

  private apply(answer: MetadataResponse): void {
    const { env, reroute } = this.options;
    const before = this.brokers();
    const waiting = [...this.queues.values()].flatMap((queue) => queue.takeWaiting());
    const queues = new Map<number, RequestQueue>();
    for (const node of answer.brokers) queues.set(node.nodeId, this.queueTo(node, before));
    this.queues = queues;
    this.metadata.apply(answer.topicMetadata, env.clock.now());
    const used = new Set([...queues.values()].map(({ broker }) => broker));
    if (this.seed !== undefined && used.has(this.seed)) this.seed = undefined;
    for (const broker of before) if (broker !== this.seed && !used.has(broker)) this.retire(broker);
    if (waiting.length > 0) reroute(waiting);
  }

  /** `brokers`: those there are. A node that has another one's address has the connection to it, too. */
  private queueTo({ nodeId, host, port }: NodeAddress, brokers: readonly Broker[]): RequestQueue {
    const { env, settings, send, refuse } = this.options;
    const address = `${host}:${port}`;
    const queue = this.queues.get(nodeId);
    const broker = brokers.find((one) => one.address === address) ?? this.newBroker({ address, host, port });
    if (queue?.broker === broker) return queue;
    return new RequestQueue(broker, { clock: env.clock, maxInFlight: settings.maxInFlight, send, refuse });
  }

  private retire(broker: Broker): void {
    this.retired.add(broker);
    const forget = (): unknown => this.retired.delete(broker);
    broker.close().then(forget, forget);
  }
}

/** A refused login says more than a broker that is not there. */
const moreTelling = (first: unknown, second: unknown): unknown =>
  ProducerError.is(first) && !first.retriable ? first : second;
