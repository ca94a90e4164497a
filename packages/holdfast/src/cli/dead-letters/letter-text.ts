import { plainHeaders, textOrBase64 } from '@holdfast/core/internal';
import type { OriginalRecord, StoredDeadLetter } from '@holdfast/dead-letter-queue';
import { count, dateOf, printable } from '../terminal/format.js';

/** A line for a person. With `values`, key and value as far as they are text. */
export function letterText({ record, error, ...letter }: StoredDeadLetter, values: boolean): string {
  const { topic, partition, key, value } = record;
  const what = `${topic}${partition === undefined ? '' : `[${partition}]`}`;
  const shown = (bytes: Uint8Array | null): string => {
    if (bytes === null) return 'null';
    return values ? JSON.stringify(textOrBase64(bytes)) : count(bytes.length, 'byte');
  };
  const words = [
    dateOf(letter.at),
    letter.status,
    error.cause === undefined ? error.code : `${error.code} (${error.cause})`,
    what,
    `key ${shown(key)}, value ${shown(value)}`,
    letter.place,
    error.message,
  ];
  return `${words.map(printable).join('  ')}\n`;
}

/** The fields of a line in a file of dead letters, and where it is; without `values`, sizes in place of payloads. */
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
