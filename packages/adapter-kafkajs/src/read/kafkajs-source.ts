import type { Connections } from '../client/connections.js';
import { ProducerError, silentLogger } from '@holdfast/core';
import {
  brokerError,
  type PartitionSpan,
  type ReadPart,
  type TopicRequest,
  type TopicSource,
} from '@holdfast/core/adapter';
import { isError } from '@holdfast/core/stage';
import { Cluster } from '../cluster/cluster.js';
import { stage } from '../errors.js';
import { readPart } from './fetched-records.js';
import type { Broker } from '../cluster/broker.js';
import type { Settings } from '../options.js';

/** A broker that gives no answer for so long is left, as it may have lost the partition to another. */
const answerMs = 10_000;
const fetchBytes = 1024 * 1024;

const first = -2;
const afterLast = -1;
const offsetOutOfRange = 1;
const unknownTopic = 3;
const leaderNotAvailable = 5;

/** Fetches from the partitions' leaders, over the adapter's own connections: no consumer group, and so no trace of one. */
export class KafkajsSource implements TopicSource {
  private readonly cluster: Cluster;

  constructor(
    private readonly request: TopicRequest,
    connections: Connections,
    settings: Settings,
  ) {
    this.cluster = new Cluster({
      env: { ...request.env, logger: silentLogger }, // what goes wrong is told where it is asked again
      settings,
      connections,
      send: () => Promise.resolve(),
      refuse: () => undefined,
      reroute: () => undefined,
      forget: () => undefined,
    });
  }

  async spans(timeoutMs: number): Promise<readonly PartitionSpan[]> {
    const { topic } = this.request;
    this.use();
    await this.cluster.resolve([topic]);
    const known = this.cluster.metadata.get(topic);
    const errorCode = known?.errorCode ?? unknownTopic;
    if (known === undefined || errorCode !== 0) throw brokerError(errorCode, { topic, stage });
    const led = new Map<Broker, number[]>();
    for (const partition of known.leaders.keys()) {
      const broker = this.leader(partition);
      led.set(broker, [...(led.get(broker) ?? []), partition]);
    }
    const spans = await Promise.all(
      [...led].map(([broker, those]) => this.spansOf(broker, those, timeoutMs)),
    );
    return spans.flat();
  }

  async read(partition: number, offset: number, timeoutMs: number): Promise<ReadPart> {
    const { topic } = this.request;
    this.use();
    const broker = this.leader(partition);
    try {
      await broker.connect();
      const { responses, next } = await broker.call(
        (connection) => connection.fetch(topic, partition, offset, fetchBytes),
        Math.min(timeoutMs, answerMs),
      );
      const part = responses[0]?.partitions[0];
      if (part === undefined) throw brokerError(unknownTopic, { topic, partition, stage });
      if (part.errorCode === offsetOutOfRange) return await this.afterDeleted(broker, partition, offset);
      if (part.errorCode !== 0) throw brokerError(part.errorCode, { topic, partition, stage });
      return readPart(topic, partition, offset, part, next);
    } catch (thrown) {
      this.cluster.refreshSoon();
      throw codecError(thrown, topic, partition);
    }
  }

  close(): Promise<void> {
    return this.cluster.close(new ProducerError('CLOSED', 'the reader is closed', { stage }));
  }

  /** Of a topic that is not used the cluster asks no more. */
  private use(): void {
    this.cluster.metadata.use(this.request.topic, this.request.env.clock.now());
  }

  private leader(partition: number): Broker {
    const queue = this.cluster.leader(this.request.topic, partition);
    if (queue !== undefined) return queue.broker;
    this.cluster.refreshSoon();
    throw brokerError(leaderNotAvailable, { topic: this.request.topic, partition, stage });
  }

  private async spansOf(
    broker: Broker,
    partitions: readonly number[],
    timeoutMs: number,
  ): Promise<PartitionSpan[]> {
    await broker.connect();
    const [firsts, ends] = await Promise.all([
      this.offsets(broker, partitions, first, timeoutMs),
      this.offsets(broker, partitions, afterLast, timeoutMs),
    ]);
    return partitions.map((partition) => ({
      partition,
      first: firsts.get(partition) ?? 0,
      end: ends.get(partition) ?? 0,
    }));
  }

  private async offsets(
    broker: Broker,
    partitions: readonly number[],
    which: typeof first | typeof afterLast,
    timeoutMs: number,
  ): Promise<ReadonlyMap<number, number>> {
    const { topic } = this.request;
    const { responses } = await broker.call(
      (connection) => connection.listOffsets(topic, partitions, which),
      Math.min(timeoutMs, answerMs),
    );
    const found = responses.flatMap((response) => response.partitions);
    for (const { partition, errorCode } of found) {
      if (errorCode !== 0) throw brokerError(errorCode, { topic, partition, stage });
    }
    return new Map(found.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  /** Retention may have overtaken the reader: then it goes on where the partition begins now. */
  private async afterDeleted(broker: Broker, partition: number, offset: number): Promise<ReadPart> {
    const beginning = await this.offsets(broker, [partition], first, answerMs);
    return { records: [], next: Math.max(offset, beginning.get(partition) ?? offset) };
  }
}

/** kafkajs brings gzip alone. */
function codecError(thrown: unknown, topic: string, partition: number): unknown {
  const cause: unknown = ProducerError.is(thrown) ? thrown.cause : undefined;
  if (!isError(cause) || cause.name !== 'KafkaJSNotImplemented') return thrown;
  return new ProducerError(
    'UNCLASSIFIED',
    `topic '${topic}', partition ${partition}: its records are compressed with a codec that kafkajs does not bring (${cause.message}); register one with CompressionCodecs[CompressionTypes.…]`,
    { cause, stage },
  );
}
