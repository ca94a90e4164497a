import { murmur2 } from '../contract/murmur2.js';
import type { SerializedRecord } from '../contract/record.js';

/** What is known of a topic when a record's partition is chosen. */
export interface TopicPartitions {
  readonly topic: string;
  /** Partitions are 0 … count - 1. */
  readonly count: number;
  /** Those that have a leader now; never empty unless none has. */
  readonly available: readonly number[];
  /**
   * The batch that the record came in: another number than before means that another batch has begun, so that one may stick to
   * a partition for as long as a batch lasts. Absent: each batch has a partitioner of its own.
   */
  readonly batch?: number;
}

/**
 * Chooses the partition of a record that names none; `undefined` leaves it to {@link defaultPartitioner}. Called once for each
 * such record. `record.key` is bytes or null, also when a string was sent. What it throws fails the record with
 * `UNKNOWN_PARTITION`, as does a number that is no partition of the topic.
 */
export type Partitioner = (record: SerializedRecord, partitions: TopicPartitions) => number | undefined;

/** The partition that Java's client gives a key: `toPositive(murmur2(key)) % count`. */
export function keyPartition(key: Uint8Array, count: number): number {
  return (murmur2(key) & 0x7fffffff) % count;
}

/**
 * Java's default: a key's hash decides; records without a key stick to one partition, here for one batch, among those
 * that have a leader (KIP-480, https://cwiki.apache.org/confluence/x/Y4lJBw).
 * One serves all batches when {@link TopicPartitions.batch} is given; else make one for each.
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
