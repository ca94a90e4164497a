import type { ConsumedRecord } from '../contract/consumed-record.js';

/** Where a partition begins and ends, for one who reads what is committed. */
export interface PartitionSpan {
  readonly partition: number;
  /** The first offset that is still there. */
  readonly first: number;
  /** The offset after the last. There need not be a record just before it: transactions and compaction leave gaps. */
  readonly end: number;
}

export interface ReadPart {
  /** In offset order. */
  readonly records: readonly ConsumedRecord[];
  /** The offset to go on from, which is past what has no record to show. Not above the offset asked for: nothing came. */
  readonly next: number;
}

/**
 * One client's way to read a topic, for {@link readSource}, which asks one thing at a time. What is asked rejects with a
 * `ProducerError`; where that is retriable it is asked again.
 */
export interface TopicSource {
  /** All partitions, as they are now. */
  spans(timeoutMs: number): Promise<readonly PartitionSpan[]>;
  /** The next records from `offset` on. Waits a moment, rather than answer at once that nothing came. */
  read(partition: number, offset: number, timeoutMs: number): Promise<ReadPart>;
  /** Frees everything, perhaps while something is asked, whose answer nobody waits for any more. */
  close(): Promise<void>;
}
