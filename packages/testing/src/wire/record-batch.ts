import { gunzipSync } from 'node:zlib';
import { WireReader } from './wire.js';

/** One record of a batch, as it is stored. */
export interface StoredRecord {
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
}

export interface RecordBatch {
  /** -1 when the producer was not idempotent. */
  readonly producerId: bigint;
  readonly firstSequence: number;
  readonly records: readonly StoredRecord[];
}

const gzip = 1;
const appendTime = 8;

/** Takes the next batch (magic 2, plain or gzip): https://kafka.apache.org/documentation/#recordbatch */
export function readRecordBatch(reader: WireReader): RecordBatch {
  const firstOffset = Number(reader.int64());
  const batch = new WireReader(reader.bytes());
  batch.skip(4 + 1 + 4); // leader epoch, magic, CRC
  const attributes = batch.int16();
  batch.skip(4); // the last offset's delta
  const firstTimestamp = Number(batch.int64());
  const lastTimestamp = Number(batch.int64());
  const producerId = batch.int64();
  batch.skip(2); // epoch
  const firstSequence = batch.int32();
  const count = batch.int32();
  const codec = attributes & 7;
  if (codec > gzip)
    throw new Error(`a record batch with codec ${codec}: only plain and gzip can be read here`);
  const data = codec === gzip ? new WireReader(gunzipSync(batch.bytes(batch.left))) : batch;
  const records = Array.from({ length: count }, () => readRecord(data, firstOffset, firstTimestamp));
  const stamped = (record: StoredRecord): StoredRecord =>
    (attributes & appendTime) === 0 ? record : { ...record, timestamp: lastTimestamp };
  return { producerId, firstSequence, records: records.map(stamped) };
}

function readRecord(reader: WireReader, firstOffset: number, firstTimestamp: number): StoredRecord {
  reader.varint(); // length
  reader.skip(1); // attributes
  const timestamp = firstTimestamp + reader.varint();
  const offset = firstOffset + reader.varint();
  const key = readOptional(reader);
  const value = readOptional(reader);
  const headers = Array.from(
    { length: reader.varint() },
    () => [String(readOptional(reader) ?? ''), readOptional(reader)] as const,
  );
  return { offset, timestamp, key, value, headers };
}

function readOptional(reader: WireReader): Buffer | null {
  const length = reader.varint();
  return length < 0 ? null : reader.bytes(length);
}
