import type { StoredRecord } from '@holdfast/testing';

/** One partition's part of a produce request. */
export interface Produced {
  readonly producerId: bigint;
  readonly firstSequence: number;
  /** The records' values as text; null for a tombstone. */
  readonly values: readonly (string | null)[];
  /** The same records, whole; their offsets are not those of the partition yet. */
  readonly records: readonly StoredRecord[];
  readonly node: number;
  /** Of the request. */
  readonly version: number;
  readonly topic: string;
  readonly partition: number;
}

/**
 * A protocol error code (0 writes), or 'leave out': it is written, and missing in the response.
 */
export type PartitionReaction =
  | number
  | 'leave out'
  | {
      readonly error: number;
      /** Places of the records that it blames: from version 8 on. */
      readonly blamed?: readonly number[];
      /** Who leads the partition: from version 10 on. */
      readonly leader?: number;
    };

/** The reaction to a produce request: one for each partition, or the loss of the response. */
export type Reaction =
  | readonly PartitionReaction[]
  /** The connection ends; nothing is written. */
  | 'lose'
  /** Everything is written, then the connection ends. */
  | 'write and lose'
  /** Everything is written, and no response is sent. */
  | 'write and hang';

/**
 * The bytes of a response, or what happens in its place; 'none': the request expects no response.
 */
export type Answer = Buffer | 'hang' | 'close' | 'none';
