import type { ProducerId } from './encode-batch.js';
import type { Codec } from './codec.js';
import { Frame } from './frame.js';
import { ProtocolWriter, uvarintBytes } from './protocol-writer.js';
import {
  batchHeaderBytes,
  measure,
  writeBatch,
  writeRecords,
  type BatchRecords,
  type BatchMeasurements,
} from './encode-batch.js';
import { isFlexible } from './versions.js';

export interface ProduceRequestData {
  readonly acks: number;
  /** How long the leader may wait for its replicas, ms. */
  readonly timeoutMs: number;
  readonly codec: Codec | undefined;
  readonly producer: ProducerId | undefined;
  readonly topics: ReadonlyMap<string, ReadonlyMap<number, BatchRecords>>;
}

/** The header of each request. */
export interface RequestHeader {
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
}

/** A request that is measured, and whose records are compressed where a codec is set. */
export interface ProducePlan {
  readonly request: ProduceRequestData;
  readonly topics: readonly { readonly name: string; readonly batches: readonly PlannedBatch[] }[];
}

interface PlannedBatch {
  readonly records: BatchRecords;
  readonly measured: BatchMeasurements;
  readonly compressed: Uint8Array | undefined;
}

const produceKey = 0;

export function plan(request: ProduceRequestData): ProducePlan {
  return {
    request,
    topics: [...request.topics].map(([name, partitions]) => ({
      name,
      batches: [...partitions.values()].map((records) => ({
        records,
        measured: measure(records),
        compressed: undefined,
      })),
    })),
  };
}

/**
 * Resolves with the same plan, its records compressed. Rejects as the codec does. The memory that a
 * codec is given is never used again, so that it may keep it, and return a part of it.
 */
export async function compressed({ request, topics }: ProducePlan, codec: Codec): Promise<ProducePlan> {
  const one = async ({ records, measured }: PlannedBatch): Promise<PlannedBatch> => {
    const bytes = Buffer.allocUnsafeSlow(measured.bytes);
    writeRecords(new ProtocolWriter(bytes), records, measured);
    return { records, measured, compressed: await codec.compress(bytes) };
  };
  return {
    request,
    topics: await Promise.all(
      topics.map(async ({ name, batches }) => ({ name, batches: await Promise.all(batches.map(one)) })),
    ),
  };
}

/** Returns the whole request as it goes over the wire. */
export function encode(
  { request, topics }: ProducePlan,
  { version, correlationId, clientId }: RequestHeader,
): Frame {
  const format = isFlexible(version) ? compact : fixed;
  const frame = new Frame(requestBytes(topics, clientId, format));
  const out = new ProtocolWriter(frame.bytes);
  const header = { codec: request.codec?.id ?? 0, producer: request.producer };
  try {
    out.int32(frame.bytes.length - 4);
    out.int16(produceKey);
    out.int16(version);
    out.int32(correlationId);
    fixed.text(out, clientId);
    format.tags(out);
    format.none(out); // transactional id
    out.int16(request.acks);
    out.int32(request.timeoutMs);
    format.count(out, topics.length);
    for (const { name, batches } of topics) {
      format.text(out, name);
      format.count(out, batches.length);
      for (const { records, measured, compressed } of batches) {
        out.int32(records.partition);
        format.length(out, batchBytes(measured, compressed));
        writeBatch(out, records, measured, header, compressed);
        format.tags(out);
      }
      format.tags(out);
    }
    format.tags(out);
    return frame;
  } catch (error) {
    frame.release();
    throw error;
  }
}

const batchBytes = ({ bytes }: BatchMeasurements, compressed: Uint8Array | undefined): number =>
  batchHeaderBytes + (compressed?.length ?? bytes);

function requestBytes(topics: ProducePlan['topics'], clientId: string, format: FieldFormat): number {
  const idBytes = 2 + Buffer.byteLength(clientId);
  let bytes =
    4 +
    2 +
    2 +
    4 +
    idBytes +
    2 * format.tagBytes +
    format.noneBytes +
    2 +
    4 +
    format.countBytes(topics.length);
  for (const { name, batches } of topics) {
    bytes += format.textBytes(name) + format.countBytes(batches.length) + format.tagBytes;
    for (const { measured, compressed } of batches) {
      const all = batchBytes(measured, compressed);
      bytes += 4 + format.lengthBytes(all) + all + format.tagBytes;
    }
  }
  return bytes;
}

/** Writes lengths and counts, and returns how many bytes they take. */
interface FieldFormat {
  text(out: ProtocolWriter, text: string): void;
  textBytes(text: string): number;
  count(out: ProtocolWriter, count: number): void;
  countBytes(count: number): number;
  length(out: ProtocolWriter, bytes: number): void;
  lengthBytes(bytes: number): number;
  /** Writes a null string. */
  none(out: ProtocolWriter): void;
  readonly noneBytes: number;
  /** Writes an empty set of tagged fields: none are ever sent. */
  tags(out: ProtocolWriter): void;
  readonly tagBytes: number;
}

const fixed: FieldFormat = {
  text(out, text) {
    const bytes = Buffer.byteLength(text);
    out.int16(bytes);
    out.text(text, bytes);
  },
  textBytes: (text) => 2 + Buffer.byteLength(text),
  count: (out, count) => out.int32(count),
  countBytes: () => 4,
  length: (out, bytes) => out.int32(bytes),
  lengthBytes: () => 4,
  none: (out) => out.int16(-1),
  noneBytes: 2,
  tags: () => undefined,
  tagBytes: 0,
};

/** KIP-482: one more than the length, as an unsigned varint; 0 for nothing. */
const compact: FieldFormat = {
  text(out, text) {
    const bytes = Buffer.byteLength(text);
    out.uvarint(bytes + 1);
    out.text(text, bytes);
  },
  textBytes(text) {
    const bytes = Buffer.byteLength(text);
    return uvarintBytes(bytes + 1) + bytes;
  },
  count: (out, count) => out.uvarint(count + 1),
  countBytes: (count) => uvarintBytes(count + 1),
  length: (out, bytes) => out.uvarint(bytes + 1),
  lengthBytes: (bytes) => uvarintBytes(bytes + 1),
  none: (out) => out.uvarint(0),
  noneBytes: 1,
  tags: (out) => out.uvarint(0),
  tagBytes: 1,
};
