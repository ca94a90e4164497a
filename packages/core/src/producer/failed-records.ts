import type { Failed, Unknown } from '../contract/outcome.js';
import type { Bytes, GivenRecord, SerializedRecord } from '../contract/record.js';

/**
 * A record that was not delivered; send it again with `producer.send(one.original ?? one.record)`.
 */
export interface FailedRecord<K = Bytes, V = Bytes> {
  readonly record: SerializedRecord;
  /**
   * The record as it was given, when it was refused before it was serialized (invalid, sent after
   * `close`, or its serializer failed). `record` is then a placeholder without headers, and perhaps
   * without key and value: never send that one.
   */
  readonly original?: GivenRecord<K, V>;
  /** `unknown` may be in the topic: sending it again can duplicate it. */
  readonly outcome: Failed | Unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Keeps the last `limit` records that failed. */
export class FailedRecords<K, V> {
  private kept: FailedRecord<K, V>[] = [];

  constructor(private readonly limit: number) {}

  add(one: FailedRecord<K, V>): void {
    this.kept.push(one);
    // Cutting at twice the limit makes the cut amortised O(1).
    if (this.kept.length > 2 * this.limit) this.kept = this.list();
  }

  list(): FailedRecord<K, V>[] {
    return this.limit === 0 ? [] : this.kept.slice(-this.limit);
  }

  take(): FailedRecord<K, V>[] {
    const taken = this.list();
    this.kept = [];
    return taken;
  }
}
