import { ProducerError } from '@holdfast/core';
import type { BaseEnv } from '@holdfast/core/stage';
import type { BrokerConnection } from '../client/broker-connection.js';
import type { Connections } from '../client/connections.js';
import type { Settings } from '../options.js';
import type { KafkajsStats } from '../stats.js';
import type { NodeAddress } from '../wire/decode-produce.js';
import { Broker, type BrokerOwner } from './broker.js';
import { Reconnector } from './reconnector.js';

export interface BrokersListener {
  /** A broker was found or lost while others are connected: leaders may have changed. */
  brokersChanged(): void;
}

export interface BrokersOptions {
  readonly env: BaseEnv;
  readonly settings: Settings;
  readonly connections: Connections;
  readonly listener: BrokersListener;
}

/** The brokers of the cluster: found through the configured ones, then known by their node ids. */
export class Brokers implements BrokerOwner {
  hasWorked = false;
  private nodes = new Map<number, Broker>();
  /** Nodes that have left. What is in flight on them ends first. */
  private readonly retired = new Set<Broker>();
  /** The configured broker that answered, or is being tried, until it is known which node it is. */
  private seed: Broker | undefined;
  private readonly reconnector: Reconnector;
  private stopped = false;

  constructor(private readonly options: BrokersOptions) {
    const { env, settings } = options;
    const attempt = (): Promise<void> => this.findABroker();
    this.reconnector = new Reconnector({ env, reconnect: settings.reconnect, attempt });
  }

  /**
   * Resolves when a broker has answered. Rejects when none did in the first round, and goes on
   * trying.
   */
  start(): Promise<void> {
    return this.reconnector.start();
  }

  all(): Broker[] {
    const brokers = [...this.nodes.values()];
    return this.seed === undefined || brokers.includes(this.seed) ? brokers : [...brokers, this.seed];
  }

  has(broker: Broker): boolean {
    return this.all().includes(broker);
  }

  node(id: number): Broker | undefined {
    return this.nodes.get(id);
  }

  /**
   * Returns the connected brokers, those with the fewest requests in flight first, then those that
   * answered last.
   */
  leastLoaded(): Broker[] {
    return this.all()
      .filter(({ connected }) => connected)
      .sort((a, b) => a.inFlight - b.inFlight || b.lastAnswerAt - a.lastAnswerAt);
  }

  /** Resolves with a connected broker. Rejects when none can be reached. */
  async connected(): Promise<Broker> {
    let [broker] = this.leastLoaded();
    if (broker === undefined) {
      await this.reconnector.start();
      [broker] = this.leastLoaded();
    }
    return broker ?? this.connected();
  }

  connectAll(): void {
    const now = this.options.env.clock.now();
    for (const broker of this.all()) if (now >= broker.retryAt) broker.connect().catch(() => undefined);
  }

  /** Takes over the cluster's list of its nodes. */
  update(addresses: readonly NodeAddress[]): void {
    const before = this.all();
    this.nodes = new Map(addresses.map((address) => [address.nodeId, this.brokerAt(address, before)]));
    const used = new Set(this.nodes.values());
    if (this.seed !== undefined && used.has(this.seed)) this.seed = undefined;
    for (const broker of before) if (broker !== this.seed && !used.has(broker)) this.retire(broker);
  }

  add(address: NodeAddress): void {
    this.nodes.set(address.nodeId, this.brokerAt(address, this.all()));
  }

  stats(): Pick<KafkajsStats, 'connections' | 'requestsInFlight' | 'reconnects'> {
    const brokers = this.all();
    return {
      connections: brokers.filter(({ connected }) => connected).length,
      requestsInFlight: brokers.reduce((sum, { inFlight }) => sum + inFlight, 0),
      reconnects: this.reconnector.reconnects,
    };
  }

  /** Disconnects. No record is in flight any more; other requests are aborted with `error`. */
  async close(error: ProducerError): Promise<void> {
    this.stop();
    const brokers = [...this.all(), ...this.retired];
    for (const broker of brokers) if (broker.inFlight > 0) broker.abort(error);
    await Promise.all(brokers.map((broker) => broker.close()));
  }

  /** Ends every connection now. */
  abort(error: ProducerError): void {
    this.stop();
    for (const broker of [...this.all(), ...this.retired]) broker.abort(error);
  }

  backoffMs(failures: number): number {
    return this.reconnector.backoffMs(failures);
  }

  lost(): void {
    if (this.all().some(({ connected }) => connected)) this.options.listener.brokersChanged();
    else this.reconnector.start().catch(() => undefined);
  }

  private stop(): void {
    this.stopped = true;
    this.reconnector.stop();
  }

  /** One round over the nodes that are known and the brokers that are configured. */
  private async findABroker(): Promise<void> {
    const tried = new Set<string>();
    let failure: unknown;
    for (const broker of this.all()) {
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
    for (const broker of this.all()) broker.retryNow();
    this.options.listener.brokersChanged();
  }

  /** A node at the address of one of `brokers` shares its connection. */
  private brokerAt({ host, port }: NodeAddress, brokers: readonly Broker[]): Broker {
    const address = `${host}:${port}`;
    return brokers.find((one) => one.address === address) ?? this.newBroker({ address, host, port });
  }

  private newBroker({ address, host, port }: Pick<BrokerConnection, 'address' | 'host' | 'port'>): Broker {
    const { env, connections } = this.options;
    const open = (): Promise<BrokerConnection> => connections.to({ host, port }, env.clock);
    return new Broker(address, { clock: env.clock, open, owner: this });
  }

  private retire(broker: Broker): void {
    this.retired.add(broker);
    const forget = (): unknown => this.retired.delete(broker);
    broker.close().then(forget, forget);
  }
}

/** A refused login tells more than a broker that is not there. */
const moreTelling = (first: unknown, second: unknown): unknown =>
  ProducerError.is(first) && !first.retriable ? first : second;
