import type { Cursor } from './cursor.js';
import { decodeHeaders } from './header-codec.js';
import { SerializedRecord } from './record.js';

const hasKey = 1;
const hasValue = 2;
const hasHeaders = 4;
const hasPartition = 8;
const hasNearTime = 16;

/** Of a timestamp from its base, ms (12 days): what fits 31 bits in zigzag. */
const farthest = 2 ** 30 - 1;

/** Bytes that `encodeRecord` needs at most, beside key, value and headers. */
export const framingBytes = 40;

/**
 * A record as a run of bytes: flags, topic id, timestamp, then what the flags say; lengths are LEB128 varints. The timestamp is
 * its distance from `baseTime` (zigzag varint), or a float64 when that is far. Headers are given as bytes, see
 * `encodeHeaders`. The journal's files hold records in this form, so a change of it is a new version of theirs.
 */
export function encodeRecord(
  cursor: Cursor,
  record: SerializedRecord,
  topicId: number,
  baseTime: number,
  headers: Uint8Array | undefined,
): void {
  const { key, value, partition, timestamp } = record;
  const distance = timestamp - baseTime;
  const isNear = Math.trunc(distance) === distance && Math.abs(distance) <= farthest;
  cursor.page[cursor.at++] =
    (key === null ? 0 : hasKey) |
    (value === null ? 0 : hasValue) |
    (headers === undefined ? 0 : hasHeaders) |
    (partition === undefined ? 0 : hasPartition) |
    (isNear ? hasNearTime : 0);
  cursor.writeVarint(topicId);
  if (isNear) cursor.writeVarint(zigzag(distance));
  else cursor.at = cursor.page.writeDoubleLE(timestamp, cursor.at);
  if (partition !== undefined) cursor.writeVarint(partition);
  if (key !== null) cursor.writeBytes(key);
  if (value !== null) cursor.writeBytes(value);
  if (headers !== undefined) cursor.writeBytes(headers);
}

export function decodeRecord(
  cursor: Cursor,
  baseTime: number,
  topicOf: (id: number) => string,
): SerializedRecord {
  const flags = cursor.page[cursor.at++] ?? 0;
  const topic = topicOf(cursor.readVarint());
  const timestamp = flags & hasNearTime ? baseTime + unzigzag(cursor.readVarint()) : readDouble(cursor);
  const partition = flags & hasPartition ? cursor.readVarint() : undefined;
  const key = flags & hasKey ? cursor.readBytes() : null;
  const value = flags & hasValue ? cursor.readBytes() : null;
  const headers = flags & hasHeaders ? decodeHeaders(cursor.readBytes()) : undefined;
  return new SerializedRecord(topic, key, value, headers, partition, timestamp);
}

function readDouble(cursor: Cursor): number {
  const value = cursor.page.readDoubleLE(cursor.at);
  cursor.at += 8;
  return value;
}

/** Small numbers of either sign become small ones without: https://protobuf.dev/programming-guides/encoding/#signed-ints */
const zigzag = (value: number): number => (value << 1) ^ (value >> 31);
const unzigzag = (value: number): number => (value >>> 1) ^ -(value & 1);
