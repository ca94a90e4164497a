/**
 * What is inside kafkajs (2.2.x), below its `Producer`. Why the adapter stands there and not on the
 * public API: see docs/adr/0010. What it uses: the client's own way to make connections (so TLS, SASL, socketFactory and
 * timeouts of the user's client apply), its `Broker` with `connect`, `metadata`, `initProducerId`, `listOffsets` and `fetch`, and the
 * pool's `send`, where an answer is taken as it came instead of being turned into the first error it has. Produce requests go past
 * `send`: see kafkajs-exchange.ts.
 */
import type { Socket } from 'node:net';
import { ProducerError } from '@holdfast/core';
import { serverNames } from '@holdfast/core/adapter';
import type { Clock } from '@holdfast/core/stage';
import type { Kafka } from 'kafkajs';
import { batchesEnd } from './batches-end.js';
import { isOpen, produce, type Exchange, type ExchangeConnection } from './kafkajs-exchange.js';
import { takeOverTimers, type TimedConnection } from './kafkajs-timers.js';
import type { ProduceAnswer } from './wire/produce-answer.js';
import type { VersionRange } from './wire/versions.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface TopicMetadata {
  readonly topic: string;
  readonly topicErrorCode: number;
  readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
}

export interface MetadataAnswer {
  readonly brokers: readonly (Address & { readonly nodeId: number })[];
  readonly topicMetadata: readonly TopicMetadata[];
}

export interface ProducerId {
  readonly producerId: string;
  readonly producerEpoch: number;
}

export interface ListOffsetsAnswer {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly offset: string;
    }[];
  }[];
}

export interface FetchedMessage {
  readonly offset: string;
  readonly timestamp?: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /**
   * A value is a `Buffer` or `null`, which is in the protocol; several are an array, which has for a name such as `constructor` what an
   * object inherits in front.
   */
  readonly headers?: { readonly [name: string]: unknown };
  /** A mark of the end of a transaction, and no record. */
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}

export interface FetchAnswer {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly errorCode: number;
      readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
      readonly messages: readonly FetchedMessage[];
    }[];
  }[];
  /** The offset after the last whole batch, which kafkajs does not tell; `undefined` when there is none. */
  readonly next: number | undefined;
}

/** Makes connections as the user's client would; each is new and not connected yet. */
export interface Connections {
  /** To the next of the configured brokers, in turn. */
  seed(clock: Clock): Promise<BrokerConnection>;
  /** `host:port` of those that `seed` has given; the first hundred. */
  readonly seeds: readonly string[];
  to(address: Address, clock: Clock): Promise<BrokerConnection>;
}

interface Protocol {
  readonly request: { readonly apiKey: number; readonly apiVersion: number };
  readonly response: { decode(payload: Buffer): Promise<object>; parse(decoded: unknown): Promise<unknown> };
  readonly requestTimeout?: number | null;
}

interface Connection extends TimedConnection, ExchangeConnection {
  readonly requestQueue: TimedConnection['requestQueue'] &
    ExchangeConnection['requestQueue'] & { rejectAll(error: Error): void };
  readonly ssl?: unknown;
  readonly socket?: Socket | undefined;
  processData(data: Buffer): void;
  send(protocol: Protocol): Promise<unknown>;
}

interface Pool extends Address {
  readonly pool: readonly Connection[];
  send(protocol: Protocol): Promise<unknown>;
}

interface Broker {
  /** Read when `metadata` is called. */
  allowAutoTopicCreation: boolean;
  /** By the number of the request; known once it is connected. */
  readonly versions: { readonly [apiKey: number]: VersionRange } | null;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  metadata(topics: readonly string[]): Promise<MetadataAnswer>;
  initProducerId(request: { readonly transactionTimeout: number }): Promise<ProducerId>;
  listOffsets(request: { readonly topics: readonly TopicOffsets[] }): Promise<ListOffsetsAnswer>;
  fetch(request: {
    readonly maxWaitTime: number;
    readonly topics: readonly TopicOffsets[];
  }): Promise<FetchAnswer>;
}

interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly timestamp?: number;
    readonly fetchOffset?: number;
    readonly maxBytes?: number;
  }[];
}

interface Cluster {
  readonly rootLogger: unknown;
  readonly brokerPool: {
    readonly connectionPoolBuilder: { build(address?: Address): Promise<Pool> };
    createBroker(options: { readonly connectionPool: Pool; readonly logger: unknown }): Broker;
  };
}

const produceKey = 0;
const fetchKey = 1;
const listOffsetsKey = 2;
const metadataKey = 3;

/** A user's function may name others each time. */
const mostSeeds = 100;

/** How long a broker may wait for records to come, ms. */
const fetchWaitMs = 500;

/** Refuses a kafkajs that is built otherwise than this file knows it, with `INVALID_OPTIONS`. */
export function connectionsOf(kafka: Kafka): Connections {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const createCluster: unknown = symbol === undefined ? undefined : Reflect.get(kafka, symbol);
  if (typeof createCluster !== 'function') throw unsupported();
  const cluster: unknown = Reflect.apply(createCluster, kafka, [{ allowAutoTopicCreation: false }]);
  if (!isCluster(cluster)) throw unsupported();
  const { brokerPool, rootLogger } = cluster;
  const open = async (clock: Clock, address?: Address): Promise<BrokerConnection> => {
    const connectionPool = await brokerPool.connectionPoolBuilder.build(address);
    return new BrokerConnection(
      brokerPool.createBroker({ connectionPool, logger: rootLogger }),
      connectionPool,
      clock,
    );
  };
  const connections = {
    seeds: new Array<string>(),
    async seed(clock: Clock): Promise<BrokerConnection> {
      const connection = await open(clock);
      if (connections.seeds.length < mostSeeds)
        connections.seeds = serverNames([...connections.seeds, connection.address], connection.port);
      return connection;
    },
    to: (address: Address, clock: Clock) => open(clock, address),
  };
  return connections;
}

/** One connection to one broker, for one life: once it is lost, a new one is made. */
export class BrokerConnection {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** How long the client's own configuration would have an answer waited for, ms; `Infinity`: for ever. */
  readonly answerLimitMs: number;
  private readonly waitingForDrain = new Set<() => void>();

  constructor(
    private readonly broker: Broker,
    private readonly pool: Pool,
    private readonly clock: Clock,
  ) {
    this.host = pool.host;
    this.port = pool.port;
    this.address = `${pool.host}:${pool.port}`;
    const send = pool.send.bind(pool);
    pool.send = (protocol) => {
      const { connection } = this;
      const lenient = this.leniently(protocol);
      return protocol.request.apiKey === fetchKey && connection !== undefined
        ? connection.send(lenient)
        : send(lenient);
    };
    const { connection } = this;
    this.answerLimitMs = connection === undefined ? Infinity : takeOverTimers(connection, clock);
    if (connection !== undefined) containData(connection);
  }

  /** TCP, TLS, the versions of the protocol, SASL. */
  connect(): Promise<void> {
    return this.broker.connect();
  }

  /** The configuration has TLS. */
  get tls(): boolean {
    return Boolean(this.connection?.ssl);
  }

  get connected(): boolean {
    return this.connection !== undefined && isOpen(this.connection);
  }

  /** `listener` is called once, when the socket closes, by whomever. */
  onClose(listener: () => void): void {
    this.connection?.socket?.once('close', listener);
  }

  /**
   * `create`: a topic that is not there comes to be, if the cluster allows it. Brokers before Kafka
   * 0.11 do as they are set up.
   */
  metadata(topics: readonly string[], create: boolean): Promise<MetadataAnswer> {
    this.broker.allowAutoTopicCreation = create;
    return this.broker.metadata(topics);
  }

  /** `undefined` with `acks: 0`. Errors of single partitions are in the answer; it rejects when there is no answer. */
  produce(exchange: Exchange): Promise<ProduceAnswer | undefined> {
    const { connection } = this;
    if (connection === undefined) return Promise.reject(unsupported());
    return produce(connection, this.broker.versions?.[produceKey], exchange, this.clock);
  }

  /** More bytes wait in the socket than it wants to hold. */
  get congested(): boolean {
    return this.connection?.socket?.writableNeedDrain === true;
  }

  /**
   * `listener` is called once, when the socket has written what waited in it, or is closed; given again meanwhile, it is the same one.
   */
  onDrain(listener: () => void): void {
    const socket = this.connection?.socket;
    const listens = this.waitingForDrain.size > 0;
    this.waitingForDrain.add(listener);
    if (listens || socket === undefined) return;
    const drained = (): void => {
      socket.off('drain', drained).off('close', drained);
      const waiting = [...this.waitingForDrain];
      this.waitingForDrain.clear();
      for (const one of waiting) one();
    };
    socket.on('drain', drained).on('close', drained);
  }

  /** Rejects with the broker's error. */
  initProducerId(): Promise<ProducerId> {
    return this.broker.initProducerId({ transactionTimeout: 60_000 });
  }

  /** As one sees them who reads what is committed. `timestamp`: -2 for the first offset, -1 for the one after the last. */
  listOffsets(topic: string, partitions: readonly number[], timestamp: -1 | -2): Promise<ListOffsetsAnswer> {
    return this.broker.listOffsets({
      topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
    });
  }

  /** Of one partition, batches from the one on that holds `offset`, those of transactions that were not committed included. */
  fetch(topic: string, partition: number, offset: number, maxBytes: number): Promise<FetchAnswer> {
    return this.broker.fetch({
      maxWaitTime: fetchWaitMs,
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset, maxBytes }] }],
    });
  }

  /** Ends it at once: kafkajs rejects what is in flight. */
  destroy(reason: Error): void {
    this.connection?.socket?.destroy(reason);
    this.broker.disconnect().catch(() => undefined);
  }

  /** Ends it. What is in flight still, nobody waits for any more; kafkajs would, and without end. */
  disconnect(): Promise<void> {
    this.connection?.requestQueue.rejectAll(new Error('disconnected'));
    return this.broker.disconnect();
  }

  /** kafkajs fetches over a second connection, so that a consumer's other requests need not wait. Here it is never made. */
  private get connection(): Connection | undefined {
    return this.pool.pool[0];
  }

  /** kafkajs's own `parse` throws away an answer in which one partition or topic has an error. */
  private leniently(protocol: Protocol): Protocol {
    const { request, response } = protocol;
    if (![fetchKey, listOffsetsKey, metadataKey].includes(request.apiKey)) return protocol;
    const parse = (decoded: unknown): Promise<unknown> => Promise.resolve(decoded);
    if (request.apiKey !== fetchKey) return { ...protocol, response: { ...response, parse } };
    const decode = async (payload: Buffer): Promise<object> => ({
      ...(await response.decode(payload)),
      next: batchesEnd(payload, request.apiVersion),
    });
    // Its own limit is the broker's wait and 100 ms, in which a megabyte need not arrive.
    return { ...protocol, response: { ...response, decode, parse }, requestTimeout: null };
  }
}

/** What is no frame of Kafka's protocol makes kafkajs throw into the socket's event, which would end the process. */
function containData(connection: Connection): void {
  const process = connection.processData.bind(connection);
  connection.processData = (data) => {
    try {
      process(data);
    } catch (cause) {
      connection.socket?.destroy(
        new Error('what answers there does not speak the Kafka protocol', { cause }),
      );
    }
  };
}

function isCluster(value: unknown): value is Cluster {
  const pool = member(value, 'brokerPool');
  return (
    typeof member(pool, 'createBroker') === 'function' &&
    typeof member(member(pool, 'connectionPoolBuilder'), 'build') === 'function' &&
    member(value, 'rootLogger') !== undefined
  );
}

function member(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}

const unsupported = (): ProducerError =>
  new ProducerError(
    'INVALID_OPTIONS',
    'kafkajsAdapter: this is no Kafka instance of kafkajs 2.2 (a later version may be built otherwise); install kafkajs 2.2.4',
    { stage: 'kafkajs', field: 'kafka' },
  );
