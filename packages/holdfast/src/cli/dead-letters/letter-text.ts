import { plainHeaders, textOrBase64 } from '@holdfast/core/internal';
import type { OriginalRecord, StoredDeadLetter } from '@holdfast/dead-letter-queue';
import { count, dateOf, printable } from '../terminal/format.js';

/**
 * Returns a line for a person. With `values`, it has key and value, as text where they are text.
 */
export function letterText({ record, error, ...letter }: StoredDeadLetter, values: boolean): string {
  const { topic, partition, key, value } = record;
  const what = `${topic}${partition === undefined ? '' : `[${partition}]`}`;
  const shown = (bytes: Uint8Array | null): string => {
    if (bytes === null) return 'null';
    return values ? JSON.stringify(textOrBase64(bytes)) : count(bytes.length, 'byte');
  };
  const columns = [
    dateOf(letter.at),
    letter.status,
    error.cause === undefined ? error.code : `${error.code} (${error.cause})`,
    what,
    `key ${shown(key)}, value ${shown(value)}`,
    letter.place,
    error.message,
  ];
  return `${columns.map(printable).join('  ')}\n`;
}

/**
 * Returns a line of JSON with the fields of a line in a file of dead letters, and its place.
 * Without `values`, it has sizes in place of payloads.
 */
export function letterJson({ record, ...letter }: StoredDeadLetter, values: boolean): string {
  return `${JSON.stringify({ ...letter, record: recordJson(record, values) })}\n`;
}

function recordJson({ topic, partition, timestamp, key, value, headers }: OriginalRecord, values: boolean) {
  const place = { topic, ...(partition !== undefined && { partition }), timestamp };
  if (!values) return { ...place, keyBytes: key?.length ?? null, valueBytes: value?.length ?? null };
  return {
    ...place,
    key: key === null ? null : textOrBase64(key),
    value: value === null ? null : textOrBase64(value),
    headers: plainHeaders(headers),
  };
}
