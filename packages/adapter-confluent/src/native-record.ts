import { ProducerError, type Headers, type SerializedRecord } from '@holdfast/core';
import { stage } from './stage.js';

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
  const headers: Headers = record.headers;
  const made: NativeHeaders = [];
  for (const name of Object.keys(headers)) {
    if (name.includes('\0')) return wrongName(name);
    const value: unknown = headers[name];
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === 'string' || one instanceof Uint8Array) made.push({ [name]: headerBytes(one) });
      else return wrongHeader(name, one);
    }
  }
  return made.length === 0 ? undefined : made;
}

/** The client takes a name to end there. */
const wrongName = (name: string): ProducerError =>
  new ProducerError(
    'INVALID_RECORD',
    `headers.${name.replaceAll('\0', '\\0')}: librdkafka takes no name with a character 0; give it another name`,
    { field: `headers.${name}`, stage },
  );

const wrongHeader = (name: string, value: unknown): ProducerError =>
  new ProducerError(
    'INVALID_RECORD',
    `headers.${name}: must be text or bytes, or an array of these, not ${value === null ? 'null' : `a ${typeof value}`}`,
    { field: `headers.${name}`, stage },
  );
