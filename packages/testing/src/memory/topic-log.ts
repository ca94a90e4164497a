import type { HeaderValue } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';

/** A record as stored in a topic: plain data, from any source. */
export interface LoggedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: { readonly [name: string]: HeaderValue };
}

const copyOf = (bytes: Uint8Array | null): Uint8Array | null => (bytes === null ? null : Buffer.from(bytes));

/**
 * Stores what was written, by topic and partition, in order of offsets. Copies the bytes, as a
 * network would.
 */
export class TopicLog {
  private readonly topics = new Map<string, Map<number, LoggedRecord[]>>();

  append(record: SerializedRecord, partition: number): LoggedRecord {
    let partitions = this.topics.get(record.topic);
    if (partitions === undefined)
      this.topics.set(record.topic, (partitions = new Map<number, LoggedRecord[]>()));
    let log = partitions.get(partition);
    if (log === undefined) partitions.set(partition, (log = []));
    const logged: LoggedRecord = {
      topic: record.topic,
      partition,
      offset: log.length,
      timestamp: record.timestamp,
      key: copyOf(record.key),
      value: copyOf(record.value),
      headers: record.hasHeaders ? { ...record.headers } : {},
    };
    log.push(logged);
    return logged;
  }

  /** Returns the records of one partition, in order of offsets. */
  partition(topic: string, partition: number): readonly LoggedRecord[] {
    return this.topics.get(topic)?.get(partition) ?? [];
  }

  /** Returns the records of a topic, or of all topics, by partition, each in order of offsets. */
  messages(topic?: string): LoggedRecord[] {
    const chosen =
      topic === undefined
        ? [...this.topics.values()]
        : [this.topics.get(topic) ?? new Map<number, LoggedRecord[]>()];
    return chosen.flatMap((partitions) =>
      [...partitions.entries()].sort(([a], [b]) => a - b).flatMap(([, log]) => log),
    );
  }

  /** Returns the values of a topic, or of all topics, as text; a tombstone is null. */
  values(topic?: string): (string | null)[] {
    return this.messages(topic).map(({ value }) => (value === null ? null : Buffer.from(value).toString()));
  }
}
