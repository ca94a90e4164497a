import { ProducerError } from '@holdfast/core';
import { cutName } from '@holdfast/core/internal';
import { isReadableBytes, type SerializedRecord } from '@holdfast/core/stage';
import { wrong } from './record-checks.js';
import { stage } from '../stage.js';

/** As the client takes them: an object with a single key for each. Bytes, as it cuts text at the first character 0. */
export type NativeHeaders = { [name: string]: Buffer }[];

/** librdkafka takes 0 for "now". Milliseconds since 1970. */
export const earliest = 1;

// The binding takes an empty buffer for none at all, unless it has memory behind it.
const empty = Buffer.alloc(8).subarray(0, 0);

/** A key or a value, not copied. */
export const nativeBytes = (bytes: Uint8Array): Uint8Array => (bytes.length === 0 ? empty : bytes);

function headerBytes(value: string | Uint8Array): Buffer {
  if (value.length === 0) return empty;
  if (typeof value === 'string') return Buffer.from(value);
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/**
 * A fresh array for each attempt, as instrumentation writes into what it is given. A value that is neither text nor bytes is
 * refused here, with `INVALID_RECORD`: the client would throw for it *and* produce the record.
 */
export function nativeHeaders(record: SerializedRecord): NativeHeaders | undefined | ProducerError {
  if (!record.hasHeaders) return undefined;
  try {
    return headersOf(record.headers);
  } catch (cause) {
    const message = "headers: reading them threw; 'cause' has the error";
    return new ProducerError('INVALID_RECORD', message, { cause, field: 'headers', stage });
  }
}

function headersOf(headers: unknown): NativeHeaders | undefined | ProducerError {
  // What is iterable (a Map, an array) keeps its entries elsewhere.
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers)
    return wrong('headers', 'must be an object of name: value', headers);
  const made: NativeHeaders = [];
  for (const [name, value] of Object.entries<unknown>({ ...headers })) {
    if (name.includes('\0')) return wrongName(name);
    for (const one of Array.isArray(value) ? Array.from<unknown>(value) : [value]) {
      if (typeof one === 'string' || isReadableBytes(one)) made.push({ [name]: headerBytes(one) });
      else return wrong(`headers.${cutName(name)}`, 'must be text or bytes, or an array of these', one);
    }
  }
  return made.length === 0 ? undefined : made;
}

/** The client takes a name to end there. */
function wrongName(name: string): ProducerError {
  const field = `headers.${cutName(name)}`;
  const shown = field.replaceAll('\0', '\\0');
  const message = `${shown}: librdkafka takes no name with a character 0; give it another name`;
  return new ProducerError('INVALID_RECORD', message, { field, stage });
}
