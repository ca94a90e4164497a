/**
 * Encodes record batches, version 2: https://kafka.apache.org/documentation/#recordbatch. A batch
 * is measured, then written in one pass.
 */
import { isUint8Array } from 'node:util/types';
import type { Headers } from '@holdfast/core';
import { crc32c } from '@holdfast/core/internal';
import { recordBytes, type SerializedRecord } from '@holdfast/core/stage';
import { changedWhileEncoded } from '../errors.js';
import { varintBytes, type ProtocolWriter } from './protocol-writer.js';

export interface ProducerId {
  readonly producerId: string;
  readonly producerEpoch: number;
}

/** Records that share one batch. */
export interface BatchRecords {
  readonly partition: number;
  readonly firstSequence: number;
  readonly deliveries: readonly { readonly record: SerializedRecord }[];
}

/** What has to be known about the records of a batch before they are written. */
export interface BatchMeasurements {
  /** The size of all records, uncompressed. */
  readonly bytes: number;
  /** The earliest timestamp, ms since 1970. */
  readonly firstTimestamp: number;
  /** The latest. */
  readonly maxTimestamp: number;
}

/** The fields of a batch's header that are not measured. */
export interface BatchHeader {
  /** The codec's number; 0 for none. */
  readonly codec: number;
  /** `undefined`: the producer is not idempotent. */
  readonly producer: ProducerId | undefined;
}

/** The size of the header, up to the records. */
export const batchHeaderBytes = 61;
/** The end of the length field. */
const lengthEnd = 12;
const magic = 2;
const noProducer: ProducerId = { producerId: '-1', producerEpoch: 0 };

/** The overhead of a record, roughly: lengths, attributes, deltas. */
const framingBytes = 12;

/** Returns the size of one record before compression, roughly. */
export const wireBytes = (record: SerializedRecord): number => recordBytes(record) + framingBytes;

export function measure({ deliveries }: BatchRecords): BatchMeasurements {
  let firstTimestamp = Infinity;
  let maxTimestamp = -Infinity;
  for (const { record } of deliveries) {
    if (record.timestamp < firstTimestamp) firstTimestamp = record.timestamp;
    if (record.timestamp > maxTimestamp) maxTimestamp = record.timestamp;
  }
  let bytes = 0;
  let index = 0;
  try {
    for (const { record } of deliveries) {
      const body = bodyBytes(record, index++, firstTimestamp);
      bytes += varintBytes(body) + body;
    }
  } catch (cause) {
    throw changedWhileEncoded(cause);
  }
  return { bytes, firstTimestamp, maxTimestamp };
}

/**
 * Writes a batch. `compressed`: the bytes of {@link writeRecords}, compressed; without it, the
 * records are written as they are.
 */
export function writeBatch(
  out: ProtocolWriter,
  batch: BatchRecords,
  measured: BatchMeasurements,
  { codec, producer = noProducer }: BatchHeader,
  compressed?: Uint8Array,
): void {
  const { deliveries, firstSequence } = batch;
  const { bytes, firstTimestamp, maxTimestamp } = measured;
  out.int64(0); // base offset
  out.int32(batchHeaderBytes - lengthEnd + (compressed?.length ?? bytes));
  out.int32(0); // leader epoch
  out.int8(magic);
  const crcAt = out.at;
  out.int32(0);
  const summedFrom = out.at;
  out.int16(codec);
  out.int32(deliveries.length - 1);
  out.int64(firstTimestamp);
  out.int64(maxTimestamp);
  out.at = out.bytes.writeBigInt64BE(BigInt(producer.producerId), out.at);
  out.int16(producer.producerEpoch);
  out.int32(firstSequence);
  out.int32(deliveries.length);
  if (compressed === undefined) writeRecords(out, batch, measured);
  else out.raw(compressed);
  out.bytes.writeUInt32BE(crc32c(out.bytes, summedFrom, out.at), crcAt);
}

/**
 * Writes the records of a batch. Throws `INVALID_RECORD` when a record differs from its
 * measurement: headers with getters, and memory that others grow, may be different each time, and
 * the bytes behind them would be garbage.
 */
export function writeRecords(
  out: ProtocolWriter,
  { deliveries }: BatchRecords,
  measured: BatchMeasurements,
): void {
  const { firstTimestamp, bytes } = measured;
  const recordsEnd = out.at + bytes;
  let index = 0;
  let asMeasured = true;
  try {
    for (const { record } of deliveries) {
      const body = bodyBytes(record, index, firstTimestamp);
      out.varint(body);
      const end = out.at + body;
      out.int8(0); // attributes
      out.varint(record.timestamp - firstTimestamp);
      out.varint(index++);
      writeBytes(out, record.key);
      writeBytes(out, record.value);
      if (record.hasHeaders) writeHeaders(out, record.headers);
      else out.varint(0);
      asMeasured &&= out.at === end;
    }
  } catch (cause) {
    throw changedWhileEncoded(cause);
  }
  if (!asMeasured || out.at !== recordsEnd) throw changedWhileEncoded();
}

/** Returns the size of one record, without its length field. */
function bodyBytes(record: SerializedRecord, index: number, firstTimestamp: number): number {
  return (
    1 + // attributes
    varintBytes(record.timestamp - firstTimestamp) +
    varintBytes(index) +
    sizeOf(record.key) +
    sizeOf(record.value) +
    (record.hasHeaders ? headersBytes(record.headers) : 1)
  );
}

function sizeOf(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintBytes(bytes.length) + bytes.length;
}

function writeBytes(out: ProtocolWriter, bytes: Uint8Array | null): void {
  if (bytes === null) return out.varint(-1);
  out.varint(bytes.length);
  out.raw(bytes);
}

function headersBytes(headers: Headers): number {
  let count = 0;
  let bytes = 0;
  for (const name of Object.keys(headers)) {
    const nameBytes = sizeOfText(name);
    for (const value of valuesOf(headers, name)) {
      bytes += nameBytes + (typeof value === 'string' ? sizeOfText(value) : sizeOf(value));
      count++;
    }
  }
  return varintBytes(count) + bytes;
}

function writeHeaders(out: ProtocolWriter, headers: Headers): void {
  const names = Object.keys(headers);
  out.varint(names.reduce((count, name) => count + valuesOf(headers, name).length, 0));
  for (const name of names) {
    for (const value of valuesOf(headers, name)) {
      writeText(out, name);
      if (typeof value === 'string') writeText(out, value);
      else writeBytes(out, value);
    }
  }
}

/** An array stands for several headers of the same name. */
function valuesOf(headers: Headers, name: string): readonly (string | Uint8Array)[] {
  const value = headers[name] ?? [];
  return typeof value === 'string' || isUint8Array(value) ? [value] : value;
}

function sizeOfText(text: string): number {
  const bytes = Buffer.byteLength(text);
  return varintBytes(bytes) + bytes;
}

function writeText(out: ProtocolWriter, text: string): void {
  const bytes = Buffer.byteLength(text);
  out.varint(bytes);
  out.text(text, bytes);
}
