import { Reader } from './wire.js';

export interface Batch {
  readonly producerId: bigint;
  readonly firstSequence: number;
  /** The records' values as text; null for a tombstone. */
  readonly values: readonly (string | null)[];
}

/** An uncompressed record batch: https://kafka.apache.org/documentation/#recordbatch */
export function readBatch(data: Buffer): Batch {
  const reader = new Reader(data);
  reader.skip(8 + 4 + 4 + 1 + 4 + 2 + 4 + 8 + 8); // to the producer id
  const producerId = reader.int64();
  reader.skip(2); // epoch
  const firstSequence = reader.int32();
  const values = reader.array(() => {
    reader.varint(); // length
    reader.skip(1); // attributes
    reader.varint(); // timestamp
    reader.varint(); // offset
    optional(reader); // key
    const value = optional(reader);
    for (let headers = reader.varint(); headers > 0; headers--) {
      optional(reader);
      optional(reader);
    }
    return value?.toString() ?? null;
  });
  return { producerId, firstSequence, values };
}

function optional(reader: Reader): Buffer | undefined {
  const length = reader.varint();
  return length < 0 ? undefined : reader.bytes(length);
}
