import type { ConsumedRecord } from '../contract/consumed-record.js';

/** Where a partition begins and ends for a reader of committed records. */
export interface PartitionSpan {
  readonly partition: number;
  /** The first offset that the partition still has. */
  readonly first: number;
  /**
   * The offset after the last one, whose record may be missing: transactions and compaction leave
   * gaps.
   */
  readonly end: number;
}

export interface ReadPart {
  /** In offset order. */
  readonly records: readonly ConsumedRecord[];
  /**
   * The offset of the next request, past gaps. If it is not above the requested one, nothing came.
   */
  readonly next: number;
}

/**
 * A client's way to read a topic, for {@link readSource}, which makes one request at a time. A
 * request rejects with a `ProducerError`; if that is retriable, the request is repeated.
 */
export interface TopicSource {
  /** Resolves with all partitions as they are now. */
  spans(timeoutMs: number): Promise<readonly PartitionSpan[]>;
  /**
   * Resolves with the next records from `offset` on. Waits a moment for some rather than resolve
   * with none at once.
   */
  read(partition: number, offset: number, timeoutMs: number): Promise<ReadPart>;
  /** Frees all resources. A request may be under way; its result is ignored. */
  close(): Promise<void>;
}
