import { SerializedRecord } from '@holdfast/core';
import type { Cursor } from './cursor.js';
import { decodeHeaders } from './header-codec.js';

const hasKey = 1;
const hasValue = 2;
const hasHeaders = 4;
const hasPartition = 8;

/** Bytes that `encodeRecord` needs at most, beside key, value and headers. */
export const framingBytes = 40;

/**
 * A record as a run of bytes in a page: flags, topic id, timestamp (float64), then what the flags say; lengths are LEB128
 * varints. It lives in memory only, so it has no version. Headers are given as bytes, see `encodeHeaders`.
 */
export function encodeRecord(
  cursor: Cursor,
  record: SerializedRecord,
  topicId: number,
  headers: Uint8Array | undefined,
): void {
  const { key, value, partition } = record;
  cursor.page[cursor.at++] =
    (key === null ? 0 : hasKey) |
    (value === null ? 0 : hasValue) |
    (headers === undefined ? 0 : hasHeaders) |
    (partition === undefined ? 0 : hasPartition);
  cursor.writeVarint(topicId);
  cursor.at = cursor.page.writeDoubleLE(record.timestamp, cursor.at);
  if (partition !== undefined) cursor.writeVarint(partition);
  if (key !== null) cursor.writeBytes(key);
  if (value !== null) cursor.writeBytes(value);
  if (headers !== undefined) cursor.writeBytes(headers);
}

export function decodeRecord(cursor: Cursor, topicOf: (id: number) => string): SerializedRecord {
  const flags = cursor.page[cursor.at++] ?? 0;
  const topic = topicOf(cursor.readVarint());
  const timestamp = cursor.page.readDoubleLE(cursor.at);
  cursor.at += 8;
  const partition = flags & hasPartition ? cursor.readVarint() : undefined;
  const key = flags & hasKey ? cursor.readBytes() : null;
  const value = flags & hasValue ? cursor.readBytes() : null;
  const headers = flags & hasHeaders ? decodeHeaders(cursor.readBytes()) : undefined;
  return new SerializedRecord(topic, key, value, headers, partition, timestamp);
}
