import type { HeaderValue } from '@holdfast/core';
import { isReadableBytes, type SerializedRecord } from '@holdfast/core/stage';

/**
 * Replaces the record's bytes, which belong to somebody who may overwrite them, by a copy. Returns
 * false when some of them can no longer be read; the record is then unchanged.
 */
export function copyRecordBytes(record: SerializedRecord): boolean {
  const { key, value } = record;
  if (!isNullOrBytes(key) || !isNullOrBytes(value)) return false;
  if (record.hasHeaders) {
    const entries = Object.entries(record.headers);
    if (!entries.every(([, one]) => isReadable(one))) return false;
    record.headers = Object.fromEntries(entries.map(([name, one]) => [name, ownValue(one)]));
  }
  if (key !== null) record.key = Buffer.from(key);
  if (value !== null) record.value = Buffer.from(value);
  return true;
}

const isNullOrBytes = (bytes: Uint8Array | null): boolean => bytes === null || isReadableBytes(bytes);

const isOne = (value: unknown): value is string | Uint8Array =>
  typeof value === 'string' || isReadableBytes(value);

const isReadable = (value: HeaderValue): boolean =>
  isOne(value) || (Array.isArray(value) && value.every(isOne));

const ownOne = (value: string | Uint8Array): string | Uint8Array =>
  typeof value === 'string' ? value : Buffer.from(value);

const ownValue = (value: HeaderValue): HeaderValue => (isOne(value) ? ownOne(value) : value.map(ownOne));
