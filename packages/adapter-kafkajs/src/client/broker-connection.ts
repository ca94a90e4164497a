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

/** How long a broker may wait for records to come, ms. */
const fetchWaitMs = 500;

/** One connection to one broker, for one life: once it is lost, a new one is made. */
export class BrokerConnection {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** How long the client's own configuration would have an answer waited for, ms; `Infinity`: for ever. */
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
  metadata(topics: readonly string[], create: boolean): Promise<MetadataResponse> {
    this.broker.allowAutoTopicCreation = create;
    return this.broker.metadata(topics);
  }

  /** `undefined` with `acks: 0`. Errors of single partitions are in the answer; it rejects when there is no answer. */
  produce(exchange: Exchange): Promise<ProduceResponse | undefined> {
    const { connection } = this;
    if (connection === undefined) return Promise.reject(unsupportedKafkajs());
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
  listOffsets(
    topic: string,
    partitions: readonly number[],
    timestamp: -1 | -2,
  ): Promise<ListOffsetsResponse> {
    return this.broker.listOffsets({
      topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
    });
  }

  /** Of one partition, batches from the one on that holds `offset`, those of transactions that were not committed included. */
  fetch(topic: string, partition: number, offset: number, maxBytes: number): Promise<FetchResponse> {
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
  private get connection(): KafkajsConnection | undefined {
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
