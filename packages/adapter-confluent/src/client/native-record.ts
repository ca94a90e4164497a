import type { ProducerError } from '@holdfast/core';
import { cutName } from '@holdfast/core/internal';
import { isReadableBytes, type SerializedRecord } from '@holdfast/core/stage';
import { headerNameWithZero, invalidRecord, unreadableHeaders } from '../errors.js';

/**
 * As the client takes them: an object with one key per header. Bytes, as it cuts text at the first
 * character 0.
 */
export type NativeHeaders = { [name: string]: Buffer }[];

/** librdkafka takes 0 for "now". Milliseconds since 1970. */
export const earliestTimestamp = 1;

// The binding takes an empty buffer for null, unless it has memory behind it.
const empty = Buffer.alloc(8).subarray(0, 0);

/** Returns a key or a value as the client takes it, not copied. */
export const nativeBytes = (bytes: Uint8Array): Uint8Array => (bytes.length === 0 ? empty : bytes);

function headerBytes(value: string | Uint8Array): Buffer {
  if (value.length === 0) return empty;
  if (typeof value === 'string') return Buffer.from(value);
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/**
 * Returns a fresh array for each attempt, as instrumentation writes into what it is given. Refuses
 * a value that is neither text nor bytes with `INVALID_RECORD`: the client would throw for it *and*
 * produce the record.
 */
export function nativeHeaders(record: SerializedRecord): NativeHeaders | undefined | ProducerError {
  if (!record.hasHeaders) return undefined;
  try {
    return headersOf(record.headers);
  } catch (cause) {
    return unreadableHeaders(cause);
  }
}

function headersOf(headers: unknown): NativeHeaders | undefined | ProducerError {
  // An iterable (a Map, an array) keeps its entries elsewhere.
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers)
    return invalidRecord('headers', 'must be an object of name: value', headers);
  const made: NativeHeaders = [];
  for (const [name, value] of Object.entries<unknown>({ ...headers })) {
    if (name.includes('\0')) return headerNameWithZero(name);
    for (const one of Array.isArray(value) ? Array.from<unknown>(value) : [value]) {
      if (typeof one === 'string' || isReadableBytes(one)) made.push({ [name]: headerBytes(one) });
      else
        return invalidRecord(`headers.${cutName(name)}`, 'must be text or bytes, or an array of these', one);
    }
  }
  return made.length === 0 ? undefined : made;
}
