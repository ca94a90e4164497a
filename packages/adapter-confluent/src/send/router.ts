import type { ProducerError, Failed, Partitioner } from '@holdfast/core';
import { failed, type SerializedRecord } from '@holdfast/core/stage';
import { negativeAnswerMs, type MetadataCache } from '../cluster/metadata-cache.js';
import { noLeader, type PartitionState } from '../cluster/partition-state.js';
import type { TopicState } from '../cluster/topic-state.js';
import { leaderUnavailable, noSuchPartition, partitionerThrew } from '../errors.js';
import type { InFlightRecord } from './in-flight-batch.js';

const byPartitioner = 'the partitioner chose it';

/** Chooses the partition of each record, and keeps the records that wait for metadata. */
export class Router {
  private readonly waiting = new Map<TopicState, InFlightRecord[]>();

  constructor(
    private readonly metadata: MetadataCache,
    private readonly partitioner: Partitioner | undefined,
    private readonly random: () => number,
  ) {}

  /**
   * Returns the record's partition, or why it cannot be sent; `undefined` when the record waits for
   * metadata. Keyless records of one `batch` stick together. `isFinal`: the metadata is as new as
   * it gets.
   */
  route(record: InFlightRecord, batch: number, isFinal: boolean): PartitionState | Failed | undefined {
    const given = record.delivery.record;
    const { startedAt } = record.batch;
    const topic = this.metadata.topicOf(given.topic, startedAt);
    if (!isFinal && (topic.isInvalid || this.hasWaiting(topic))) return this.wait(topic, record);
    const { count } = topic.view;
    if (count === 0) return this.unavailable(topic, record, topic.problem, isFinal);
    const index = given.partition ?? this.choose(topic, given, batch);
    if (typeof index !== 'number') return failed(index);
    const partition = index < count ? topic.partitions[index] : undefined;
    if (partition === undefined || index < 0) {
      // It may have been added a moment ago, and this failure is final: no answer to an earlier
      // query will do.
      if (topic.queriedAt < startedAt) return this.wait(topic, record);
      const origin = given.partition === undefined ? byPartitioner : 'the record names it';
      return failed(noSuchPartition(topic.name, index, count, origin));
    }
    if (partition.leader !== noLeader) return partition;
    return this.unavailable(topic, record, failed(leaderUnavailable(partition)), isFinal);
  }

  /** Removes and returns, in order, the records that wait for the topic's metadata. */
  takeWaiting(topic: TopicState): readonly InFlightRecord[] {
    const waiting = this.waiting.get(topic) ?? [];
    this.waiting.delete(topic);
    return waiting;
  }

  /** Forgets the records that wait: the client is gone, and they are routed again. */
  reset(): void {
    this.waiting.clear();
  }

  private choose(topic: TopicState, record: SerializedRecord, batch: number): number | ProducerError {
    const { partitioner, random } = this;
    if (partitioner === undefined) return topic.choose(record, batch, random);
    try {
      const chosen = partitioner(record, topic.viewOf(batch)) ?? topic.choose(record, batch, random);
      return Number.isInteger(chosen)
        ? chosen
        : noSuchPartition(topic.name, chosen, topic.view.count, byPartitioner);
    } catch (cause) {
      return partitionerThrew(topic.name, cause);
    }
  }

  private unavailable(
    topic: TopicState,
    record: InFlightRecord,
    problem: Failed | undefined,
    isFinal: boolean,
  ): Failed | undefined {
    // Measured at the batch's own time: if some records of a lane failed and the rest did not,
    // these would be written first.
    const isFresh = isFinal || record.batch.startedAt - topic.fetchedAt < negativeAnswerMs;
    return problem !== undefined && isFresh ? problem : this.wait(topic, record);
  }

  private hasWaiting(topic: TopicState): boolean {
    return this.waiting.size > 0 && this.waiting.has(topic);
  }

  private wait(topic: TopicState, record: InFlightRecord): undefined {
    const waiting = this.waiting.get(topic);
    if (waiting === undefined) this.waiting.set(topic, [record]);
    else waiting.push(record);
    this.metadata.fetchSoon(topic);
  }
}
