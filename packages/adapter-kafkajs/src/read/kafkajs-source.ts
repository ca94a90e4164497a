import { ProducerError, silentLogger } from '@holdfast/core';
import {
  brokerError,
  type PartitionSpan,
  type ReadPart,
  type TopicRequest,
  type TopicSource,
} from '@holdfast/core/adapter';
import { isError } from '@holdfast/core/stage';
import type { Connections } from '../client/connections.js';
import type { Broker } from '../cluster/broker.js';
import { Cluster } from '../cluster/cluster.js';
import { codecMissing, readerClosed, stage } from '../errors.js';
import type { Settings } from '../options.js';
import { readPart } from './fetched-records.js';

/**
 * A broker that does not answer for so long is left, as it may have lost the partition to another
 * one.
 */
const answerMs = 10_000;
const fetchBytes = 1024 * 1024;

/** Timestamps of a ListOffsets request. */
const firstOffset = -2;
const afterLastOffset = -1;

const offsetOutOfRange = 1;
const unknownTopic = 3;
const leaderNotAvailable = 5;

/**
 * Fetches from the partitions' leaders over connections of its own, without a consumer group, and
 * so without a trace.
 */
export class KafkajsSource implements TopicSource {
  private readonly cluster: Cluster;

  constructor(
    private readonly request: TopicRequest,
    connections: Connections,
    settings: Settings,
  ) {
    // Whoever reads logs failures before each new try.
    this.cluster = new Cluster({ env: { ...request.env, logger: silentLogger }, settings, connections });
  }

  async spans(timeoutMs: number): Promise<readonly PartitionSpan[]> {
    const { topic } = this.request;
    this.markUsed();
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
    this.markUsed();
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
      throw withCodecError(thrown, topic, partition);
    }
  }

  close(): Promise<void> {
    return this.cluster.close(readerClosed());
  }

  /** Metadata about a topic that is not used is not refreshed. */
  private markUsed(): void {
    this.cluster.metadata.markUsed(this.request.topic, this.request.env.clock.now());
  }

  private leader(partition: number): Broker {
    const { topic } = this.request;
    const leader = this.cluster.leader(topic, partition);
    if (leader !== undefined) return leader;
    this.cluster.refreshSoon();
    throw brokerError(leaderNotAvailable, { topic, partition, stage });
  }

  private async spansOf(
    broker: Broker,
    partitions: readonly number[],
    timeoutMs: number,
  ): Promise<PartitionSpan[]> {
    await broker.connect();
    const [firsts, ends] = await Promise.all([
      this.offsets(broker, partitions, firstOffset, timeoutMs),
      this.offsets(broker, partitions, afterLastOffset, timeoutMs),
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
    which: typeof firstOffset | typeof afterLastOffset,
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

  /** Retention may have overtaken the reader. It continues where the partition begins now. */
  private async afterDeleted(broker: Broker, partition: number, offset: number): Promise<ReadPart> {
    const beginning = await this.offsets(broker, [partition], firstOffset, answerMs);
    return { records: [], next: Math.max(offset, beginning.get(partition) ?? offset) };
  }
}

function withCodecError(thrown: unknown, topic: string, partition: number): unknown {
  const cause: unknown = ProducerError.is(thrown) ? thrown.cause : undefined;
  const isMissing = isError(cause) && cause.name === 'KafkaJSNotImplemented';
  return isMissing ? codecMissing(topic, partition, cause) : thrown;
}
