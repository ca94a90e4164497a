import { murmur2 } from './murmur2.js';
import type { SerializedRecord } from './record.js';

/** What is known of a topic when a record's partition is chosen. */
export interface TopicPartitions {
  readonly topic: string;
  /** Partitions are 0 … count - 1. */
  readonly count: number;
  /** Those that have a leader now; never empty unless none has. */
  readonly available: readonly number[];
}

/**
 * Chooses the partition of a record that names none. Called once for each batch, so that one that has state may stick to
 * a partition for as long as the batch lasts.
 */
export type Partitioner = (record: SerializedRecord, partitions: TopicPartitions) => number;

/** The partition that Java's client gives a key: `toPositive(murmur2(key)) % count`. */
export function keyPartition(key: Uint8Array, count: number): number {
  return (murmur2(key) & 0x7fffffff) % count;
}

/**
 * Java's default: a key's hash decides; records without a key stick to one partition, here for one batch, among those
 * that have a leader (KIP-480, https://cwiki.apache.org/confluence/x/Y4lJBw).
 * Make one for each batch.
 */
export function defaultPartitioner(random: () => number): Partitioner {
  const sticky = new Map<string, number>();
  return (record, { topic, count, available }) => {
    if (record.key !== null) return keyPartition(record.key, count);
    let chosen = sticky.get(topic);
    if (chosen === undefined) {
      chosen = available[Math.floor(random() * available.length)] ?? Math.floor(random() * count);
      sticky.set(topic, chosen);
    }
    return chosen;
  };
}
