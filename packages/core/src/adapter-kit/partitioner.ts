import { murmur2 } from '../contract/murmur2.js';
import type { SerializedRecord } from '../contract/record.js';

/** A topic's partitions at the time a record's partition is chosen. */
export interface TopicPartitions {
  readonly topic: string;
  /** Partitions are 0 … count - 1. */
  readonly count: number;
  /** The partitions that have a leader now. */
  readonly available: readonly number[];
  /**
   * The number of the batch that the record came in. It changes when a new batch begins, so that a
   * partitioner can stick to one partition per batch. Absent: each batch has its own partitioner.
   */
  readonly batch?: number;
}

/**
 * Chooses the partition of a record that names none; `undefined` leaves the choice to {@link
 * defaultPartitioner}. Called once per such record. `record.key` is bytes or null, even if a string
 * was sent. If it throws, or returns a number that is not a partition of the topic, the record
 * fails with `UNKNOWN_PARTITION`.
 */
export type Partitioner = (record: SerializedRecord, partitions: TopicPartitions) => number | undefined;

/**
 * Returns the partition that Java's client chooses for a key: `toPositive(murmur2(key)) % count`.
 */
export function keyPartition(key: Uint8Array, count: number): number {
  return (murmur2(key) & 0x7fffffff) % count;
}

/**
 * Returns a partitioner that works like Java's default: the key's hash decides; records without a
 * key stick to one partition that has a leader, here for one batch (KIP-480,
 * https://cwiki.apache.org/confluence/x/Y4lJBw). One serves all batches if {@link
 * TopicPartitions.batch} is given; otherwise create one per batch.
 */
export function defaultPartitioner(
  random: () => number,
): (record: SerializedRecord, partitions: TopicPartitions) => number {
  const sticky = new Map<string, number>();
  let stickyFor: number | undefined;
  return (record, { topic, count, available, batch }) => {
    if (record.key !== null) return keyPartition(record.key, count);
    if (batch !== stickyFor) {
      stickyFor = batch;
      sticky.clear();
    }
    let chosen = sticky.get(topic);
    if (chosen === undefined) {
      chosen = available[Math.floor(random() * available.length)] ?? Math.floor(random() * count);
      sticky.set(topic, chosen);
    }
    return chosen;
  };
}
