import type { Clock } from '@holdfast/core/stage';
import { unsupportedKafkajs } from '../errors.js';
import { batchesEnd } from '../wire/batches-end.js';
import type { ProduceResponse } from '../wire/decode-produce.js';
import type { ProducerId } from '../wire/encode-batch.js';
import { takeOverTimers } from './kafkajs-timers.js';
import type {
  KafkajsBroker,
  KafkajsConnection,
  FetchResponse,
  ListOffsetsResponse,
  MetadataResponse,
  KafkajsPool,
  Protocol,
} from './kafkajs-types.js';
import { isOpen, produce, type Exchange } from './produce.js';

const produceKey = 0;
const fetchKey = 1;
const listOffsetsKey = 2;
const metadataKey = 3;

/** How long a broker may wait for records to arrive, ms. */
const fetchWaitMs = 500;

/** One connection to one broker, for one life: once it is lost, it is replaced by a new one. */
export class BrokerConnection {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** The client's own limit on the wait for a response, ms; `Infinity`: none. */
  readonly answerLimitMs: number;
  private readonly waitingForDrain = new Set<() => void>();

  constructor(
    private readonly broker: KafkajsBroker,
    private readonly pool: KafkajsPool,
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

  /** Connects: TCP, TLS, the versions of the protocol, SASL. */
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

  /** Calls `listener` once, when the socket closes, whoever closes it. */
  onClose(listener: () => void): void {
    this.connection?.socket?.once('close', listener);
  }

  /**
   * Requests metadata. `create`: a missing topic is created, if the cluster allows that. Brokers
   * before Kafka 0.11 follow their own configuration.
   */
  metadata(topics: readonly string[], create: boolean): Promise<MetadataResponse> {
    this.broker.allowAutoTopicCreation = create;
    return this.broker.metadata(topics);
  }

  /**
   * Sends records. `undefined`: with `acks: 0` there is no response. Errors of single partitions
   * are in the response; it rejects when none comes.
   */
  produce(exchange: Exchange): Promise<ProduceResponse | undefined> {
    const { connection } = this;
    if (connection === undefined) return Promise.reject(unsupportedKafkajs());
    return produce(connection, this.broker.versions?.[produceKey], exchange, this.clock);
  }

  /** The socket buffers more bytes than its high-water mark. */
  get congested(): boolean {
    return this.connection?.socket?.writableNeedDrain === true;
  }

  /**
   * Calls `listener` once, when the socket has written what it buffered, or is closed. The same
   * listener, given again meanwhile, is called once.
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

  /** Requests a producer id. Rejects with the broker's error. */
  initProducerId(): Promise<ProducerId> {
    return this.broker.initProducerId({ transactionTimeout: 60_000 });
  }

  /**
   * Requests offsets as a reader of committed records sees them. `timestamp`: -2 for the first
   * offset, -1 for the one after the last.
   */
  listOffsets(
    topic: string,
    partitions: readonly number[],
    timestamp: -1 | -2,
  ): Promise<ListOffsetsResponse> {
    return this.broker.listOffsets({
      topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
    });
  }

  /**
   * Fetches batches of one partition, beginning with the one that contains `offset`. Those of
   * transactions that were not committed are included.
   */
  fetch(topic: string, partition: number, offset: number, maxBytes: number): Promise<FetchResponse> {
    return this.broker.fetch({
      maxWaitTime: fetchWaitMs,
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset, maxBytes }] }],
    });
  }

  /** Disconnects at once: kafkajs rejects the requests in flight. */
  destroy(reason: Error): void {
    this.connection?.socket?.destroy(reason);
    this.broker.disconnect().catch(() => undefined);
  }

  /** Disconnects. Nobody waits for the requests in flight any more; kafkajs would, without end. */
  disconnect(): Promise<void> {
    this.connection?.requestQueue.rejectAll(new Error('disconnected'));
    return this.broker.disconnect();
  }

  /**
   * kafkajs fetches over a second connection, so that a consumer's other requests need not wait. It
   * is never made here.
   */
  private get connection(): KafkajsConnection | undefined {
    return this.pool.pool[0];
  }

  /** kafkajs's own `parse` discards a response in which one partition or topic has an error. */
  private leniently(protocol: Protocol): Protocol {
    const { request, response } = protocol;
    if (![fetchKey, listOffsetsKey, metadataKey].includes(request.apiKey)) return protocol;
    const parse = (decoded: unknown): Promise<unknown> => Promise.resolve(decoded);
    if (request.apiKey !== fetchKey) return { ...protocol, response: { ...response, parse } };
    const decode = async (payload: Buffer): Promise<object> => ({
      ...(await response.decode(payload)),
      next: batchesEnd(payload, request.apiVersion),
    });
    // kafkajs's limit is the broker's wait and 100 ms, in which a megabyte need not arrive.
    return { ...protocol, response: { ...response, decode, parse }, requestTimeout: null };
  }
}

/**
 * On data that is not a frame of Kafka's protocol kafkajs throws into the socket's event, which
 * would end the process.
 */
function containData(connection: KafkajsConnection): void {
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
