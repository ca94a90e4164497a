import type { TopicMetadata } from '../client/kafkajs-types.js';
import type { TopicPartitions } from '@holdfast/core/adapter';

/** A topic that nothing was sent to for so long is not asked about any more, as Java's `metadata.max.idle.ms`. */
const idleMs = 300_000;
const noLeader = -1;

export interface Topic {
  readonly name: string;
  readonly partitions: TopicPartitions;
  /** Node id of each partition's leader; -1 while it has none. */
  readonly leaders: readonly number[];
  /** The broker's code; 0 when the topic is there. */
  readonly errorCode: number;
  /** Monotonic ms. */
  readonly fetchedAt: number;
}

/** What is known of the topics that are sent to. */
export class MetadataCache {
  constructor(private readonly onForgotten: (topics: ReadonlySet<string>) => void = () => undefined) {}

  private readonly known = new Map<string, Topic>();
  private readonly usedAt = new Map<string, number>();
  /** Topics whose limit turned out to be below the adapter's: bytes that one batch may have. */
  private readonly batchLimits = new Map<string, number>();

  get(topic: string): Topic | undefined {
    return this.known.get(topic);
  }

  leader(topic: string, partition: number): number {
    return this.known.get(topic)?.leaders[partition] ?? noLeader;
  }

  use(topic: string, now: number): void {
    this.usedAt.set(topic, now);
  }

  /** Those to ask for: in use lately. The others are forgotten. */
  tracked(now: number): string[] {
    const forgotten = new Set<string>();
    for (const [topic, usedAt] of this.usedAt) {
      if (now - usedAt <= idleMs) continue;
      this.usedAt.delete(topic);
      this.known.delete(topic);
      this.batchLimits.delete(topic);
      forgotten.add(topic);
    }
    if (forgotten.size > 0) this.onForgotten(forgotten);
    return [...this.usedAt.keys()];
  }

  apply(answer: readonly TopicMetadata[], now: number): void {
    for (const metadata of answer) this.known.set(metadata.topic, topicOf(metadata, now));
  }

  /** The partition has this leader now. */
  lead(topic: string, partition: number, leader: number): void {
    const known = this.known.get(topic);
    if (known === undefined || partition >= known.leaders.length) return;
    this.known.set(topic, { ...known, leaders: known.leaders.with(partition, leader) });
  }

  /** The most bytes that the topic may take at once, as far as it is known; `most` unless a batch was refused. */
  limitOf(topic: string, most: number): number {
    return Math.min(most, this.batchLimits.get(topic) ?? most);
  }

  /** A batch of `bytes` was too large for the topic: later ones are half of that. */
  refused(topic: string, bytes: number): void {
    this.batchLimits.set(topic, Math.max(1, Math.min(bytes >> 1, this.batchLimits.get(topic) ?? Infinity)));
  }
}

function topicOf({ topic, topicErrorCode, partitionMetadata }: TopicMetadata, now: number): Topic {
  const count = partitionMetadata.reduce((most, { partitionId }) => Math.max(most, partitionId + 1), 0);
  const leaders = new Array<number>(count).fill(noLeader);
  for (const { partitionId, leader } of partitionMetadata) leaders[partitionId] = leader;
  const available = leaders.flatMap((leader, partition) => (leader === noLeader ? [] : [partition]));
  return {
    name: topic,
    partitions: { topic, count, available },
    leaders,
    errorCode: topicErrorCode === 0 && count === 0 ? 3 : topicErrorCode,
    fetchedAt: now,
  };
}
