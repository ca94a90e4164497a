import type { ProducerId } from './encode-batch.js';
import type { Codec } from './codec.js';
import { Frame } from './frame.js';
import { ProtocolWriter, uvarintBytes } from './protocol-writer.js';
import {
  batchHeadBytes,
  measure,
  writeBatch,
  writeRecords,
  type BatchRecords,
  type Measured,
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

/** What stands in front of every request. */
export interface RequestHeader {
  readonly version: number;
  readonly correlationId: number;
  readonly clientId: string;
}

/** A request that is measured, and whose records are compressed if they are to be. */
export interface ProducePlan {
  readonly request: ProduceRequestData;
  readonly topics: readonly { readonly name: string; readonly batches: readonly PlannedBatch[] }[];
}

interface PlannedBatch {
  readonly records: BatchRecords;
  readonly measured: Measured;
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
 * The same with its records compressed. Rejects with what the codec rejects with. A codec has memory that is never used again: it may
 * keep it, and answer with a part of it.
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

/** The whole request as it goes over the wire. */
export function encode(
  { request, topics }: ProducePlan,
  { version, correlationId, clientId }: RequestHeader,
): Frame {
  const sizes = isFlexible(version) ? compact : fixed;
  const frame = new Frame(requestBytes(topics, clientId, sizes));
  const out = new ProtocolWriter(frame.bytes);
  const head = { codec: request.codec?.id ?? 0, producer: request.producer };
  try {
    out.int32(frame.bytes.length - 4);
    out.int16(produceKey);
    out.int16(version);
    out.int32(correlationId);
    fixed.text(out, clientId);
    sizes.tags(out);
    sizes.none(out); // transactional id
    out.int16(request.acks);
    out.int32(request.timeoutMs);
    sizes.count(out, topics.length);
    for (const { name, batches } of topics) {
      sizes.text(out, name);
      sizes.count(out, batches.length);
      for (const { records, measured, compressed } of batches) {
        out.int32(records.partition);
        sizes.length(out, batchBytes(measured, compressed));
        writeBatch(out, records, measured, head, compressed);
        sizes.tags(out);
      }
      sizes.tags(out);
    }
    sizes.tags(out);
    return frame;
  } catch (error) {
    frame.release();
    throw error;
  }
}

const batchBytes = ({ bytes }: Measured, compressed: Uint8Array | undefined): number =>
  batchHeadBytes + (compressed?.length ?? bytes);

function requestBytes(topics: ProducePlan['topics'], clientId: string, sizes: Sizes): number {
  const idBytes = 2 + Buffer.byteLength(clientId);
  let bytes =
    4 + 2 + 2 + 4 + idBytes + 2 * sizes.tagBytes + sizes.noneBytes + 2 + 4 + sizes.countBytes(topics.length);
  for (const { name, batches } of topics) {
    bytes += sizes.textBytes(name) + sizes.countBytes(batches.length) + sizes.tagBytes;
    for (const { measured, compressed } of batches) {
      const all = batchBytes(measured, compressed);
      bytes += 4 + sizes.lengthBytes(all) + all + sizes.tagBytes;
    }
  }
  return bytes;
}

/** How lengths and counts are written, and how many bytes that takes. */
interface Sizes {
  text(out: ProtocolWriter, text: string): void;
  textBytes(text: string): number;
  count(out: ProtocolWriter, count: number): void;
  countBytes(count: number): number;
  length(out: ProtocolWriter, bytes: number): void;
  lengthBytes(bytes: number): number;
  /** A text that is not there. */
  none(out: ProtocolWriter): void;
  readonly noneBytes: number;
  /** None are ever sent. */
  tags(out: ProtocolWriter): void;
  readonly tagBytes: number;
}

const fixed: Sizes = {
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
const compact: Sizes = {
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
