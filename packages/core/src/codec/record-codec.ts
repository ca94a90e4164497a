import { isReadableBytes } from '../foreign/bytes.js';
import type { Cursor } from './cursor.js';
import { ProducerError } from '../contract/error.js';
import { decodeHeaders } from './header-codec.js';
import { kindOf } from '../foreign/kind-of.js';
import { recordFlags } from './record-flags.js';
import { SerializedRecord } from '../contract/record.js';
import { invalid, isWhole, largestPartition } from '../intake/validate-record.js';

/** The longest distance of a timestamp from its base, ms (12 days): it fits 31 bits in zigzag. */
const farthest = 2 ** 30 - 1;

/** The most bytes that a record needs besides key, value and headers. */
const framingBytes = 40;
/** Kafka's own limit, org.apache.kafka.common.internals.Topic. */
const longestTopic = 249;

/**
 * Returns the most bytes that `encodeRecord` needs; `headers` are the result of `encodeHeaders`.
 * Throws `INVALID_RECORD` for a field that would not decode to the same: a middleware may have set
 * anything, and the caller may have transferred the bytes away.
 */
export function encodedRoom(record: SerializedRecord, headers: Uint8Array | undefined): number {
  const { topic, key, value, partition, timestamp } = record;
  if (typeof topic !== 'string' || topic === '' || topic.length > longestTopic)
    throw invalid('topic', `must be a name of 1 to ${longestTopic} characters`);
  if (key !== null && !isReadableBytes(key)) throw noBytes('key', key);
  if (value !== null && !isReadableBytes(value)) throw noBytes('value', value);
  if (partition !== undefined && !isWhole(partition, largestPartition))
    throw invalid('partition', `must be a whole number from 0 to ${largestPartition}`);
  if (!Number.isFinite(timestamp)) throw invalid('timestamp', 'must be milliseconds since 1970');
  return framingBytes + (key?.length ?? 0) + (value?.length ?? 0) + (headers?.length ?? 0);
}

/**
 * Writes a record into {@link encodedRoom} bytes: flags, topic id, timestamp, then the fields that
 * the flags announce. Lengths are LEB128 varints. The timestamp is the distance from `baseTime`
 * (zigzag varint), or a float64 if that is far. If it throws (`INVALID_RECORD`), the cursor has not
 * moved. The journal's files contain records in this form, so a change of it needs a new version of
 * the files.
 */
export function encodeRecord(
  cursor: Cursor,
  record: SerializedRecord,
  topicId: number,
  baseTime: number,
  headers: Uint8Array | undefined,
): void {
  const { at } = cursor;
  try {
    write(cursor, record, topicId, baseTime, headers);
    if (cursor.at <= cursor.page.length) return;
  } catch (cause) {
    cursor.at = at;
    throw changed(cause);
  }
  cursor.at = at;
  throw changed();
}

function write(
  cursor: Cursor,
  { key, value, partition, timestamp }: SerializedRecord,
  topicId: number,
  baseTime: number,
  headers: Uint8Array | undefined,
): void {
  const distance = timestamp - baseTime;
  const isNear = Math.trunc(distance) === distance && Math.abs(distance) <= farthest;
  cursor.page[cursor.at++] =
    (key === null ? 0 : recordFlags.key) |
    (value === null ? 0 : recordFlags.value) |
    (headers === undefined ? 0 : recordFlags.headers) |
    (partition === undefined ? 0 : recordFlags.partition) |
    (isNear ? recordFlags.nearTime : 0);
  cursor.writeVarint(topicId);
  if (isNear) cursor.writeVarint(zigzag(distance));
  else cursor.at = cursor.page.writeDoubleLE(timestamp, cursor.at);
  if (partition !== undefined) cursor.writeVarint(partition);
  if (key !== null) cursor.writeBytes(key);
  if (value !== null) cursor.writeBytes(value);
  if (headers !== undefined) cursor.writeBytes(headers);
}

const noBytes = (field: 'key' | 'value', given: unknown): ProducerError =>
  invalid(field, `must be bytes that can be read (Uint8Array) or null, not ${kindOf(given)}`);

/** Memory shared with another thread may grow between two reads. */
const changed = (cause?: unknown): ProducerError =>
  new ProducerError('INVALID_RECORD', 'record: it changed while it was being written', {
    field: 'record',
    cause,
  });

export function decodeRecord(
  cursor: Cursor,
  baseTime: number,
  topicOf: (id: number) => string,
): SerializedRecord {
  const has = cursor.page[cursor.at++] ?? 0;
  const topic = topicOf(cursor.readVarint());
  const timestamp =
    has & recordFlags.nearTime ? baseTime + unzigzag(cursor.readVarint()) : readDouble(cursor);
  const partition = has & recordFlags.partition ? cursor.readVarint() : undefined;
  const key = has & recordFlags.key ? cursor.readBytes() : null;
  const value = has & recordFlags.value ? cursor.readBytes() : null;
  const headers = has & recordFlags.headers ? decodeHeaders(cursor.readBytes()) : undefined;
  return new SerializedRecord(topic, key, value, headers, partition, timestamp);
}

function readDouble(cursor: Cursor): number {
  const value = cursor.page.readDoubleLE(cursor.at);
  cursor.at += 8;
  return value;
}

/**
 * Maps small numbers of either sign to small unsigned ones:
 * https://protobuf.dev/programming-guides/encoding/#signed-ints
 */
const zigzag = (value: number): number => (value << 1) ^ (value >> 31);
const unzigzag = (value: number): number => (value >>> 1) ^ -(value & 1);
