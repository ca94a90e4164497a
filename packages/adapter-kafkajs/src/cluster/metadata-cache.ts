import type { TopicPartitions } from '@holdfast/core/adapter';
import type { TopicMetadata } from '../client/kafkajs-types.js';

/**
 * A topic that nothing was sent to for so long is not refreshed any more, as Java's
 * `metadata.max.idle.ms`.
 */
const idleMs = 300_000;
const noLeader = -1;
const unknownTopic = 3;

export interface CachedTopic {
  readonly name: string;
  readonly partitions: TopicPartitions;
  /** Node id of each partition's leader; -1 while it has none. */
  readonly leaders: readonly number[];
  /** The broker's code; 0 when the topic exists. */
  readonly errorCode: number;
  /** Monotonic ms. */
  readonly fetchedAt: number;
}

/** What brokers have reported about the topics that are sent to. */
export class MetadataCache {
  private readonly topics = new Map<string, CachedTopic>();
  private readonly usedAt = new Map<string, number>();
  /** Topics whose limit turned out to be below the adapter's: the most bytes of one batch. */
  private readonly batchLimits = new Map<string, number>();

  get(topic: string): CachedTopic | undefined {
    return this.topics.get(topic);
  }

  leader(topic: string, partition: number): number {
    return this.topics.get(topic)?.leaders[partition] ?? noLeader;
  }

  markUsed(topic: string, now: number): void {
    this.usedAt.set(topic, now);
  }

  get used(): string[] {
    return [...this.usedAt.keys()];
  }

  /** Forgets the topics that have not been used lately, and returns them. */
  forgetUnused(now: number): ReadonlySet<string> {
    const forgotten = new Set<string>();
    for (const [topic, usedAt] of this.usedAt) {
      if (now - usedAt <= idleMs) continue;
      this.usedAt.delete(topic);
      this.topics.delete(topic);
      this.batchLimits.delete(topic);
      forgotten.add(topic);
    }
    return forgotten;
  }

  update(topics: readonly TopicMetadata[], now: number): void {
    for (const metadata of topics) this.topics.set(metadata.topic, cachedTopic(metadata, now));
  }

  setLeader(topic: string, partition: number, leader: number): void {
    const known = this.topics.get(topic);
    if (known === undefined || partition >= known.leaders.length) return;
    this.topics.set(topic, { ...known, leaders: known.leaders.with(partition, leader) });
  }

  /**
   * Returns the most bytes that the topic takes in one batch, as far as it is known; `most` unless
   * one was refused.
   */
  batchLimit(topic: string, most: number): number {
    return Math.min(most, this.batchLimits.get(topic) ?? most);
  }

  /** A batch of `bytes` was too large for the topic: later ones have half of that at most. */
  lowerBatchLimit(topic: string, bytes: number): void {
    this.batchLimits.set(topic, Math.max(1, Math.min(bytes >> 1, this.batchLimits.get(topic) ?? Infinity)));
  }
}

function cachedTopic({ topic, topicErrorCode, partitionMetadata }: TopicMetadata, now: number): CachedTopic {
  const count = partitionMetadata.reduce((most, { partitionId }) => Math.max(most, partitionId + 1), 0);
  const leaders = new Array<number>(count).fill(noLeader);
  for (const { partitionId, leader } of partitionMetadata) leaders[partitionId] = leader;
  const available = leaders.flatMap((leader, partition) => (leader === noLeader ? [] : [partition]));
  return {
    name: topic,
    partitions: { topic, count, available },
    leaders,
    errorCode: topicErrorCode === 0 && count === 0 ? unknownTopic : topicErrorCode,
    fetchedAt: now,
  };
}
