import { isUint8Array } from 'node:util/types';
import { recordBytes, type Headers, type HeaderValue, type SerializedRecord } from '@holdfast/core';
import type { IHeaders, Message } from 'kafkajs';

/** What a record costs beside its own bytes: lengths, attributes, deltas (https://kafka.apache.org/documentation/#record). */
const framingBytes = 12;

/** On the wire, before compression, roughly. */
export const wireBytes = (record: SerializedRecord): number => recordBytes(record) + framingBytes;

/**
 * A new object for each attempt, so that nothing of an earlier one is in it and the record stays as it was given. Bytes are
 * shared, not copied.
 */
export function toMessage(record: SerializedRecord): Message {
  const message: Message = {
    key: view(record.key),
    value: view(record.value),
    timestamp: decimal(record.timestamp),
  };
  if (record.hasHeaders) message.headers = headersOf(record.headers);
  return message;
}

/** kafkajs turns any bytes that are no Buffer into text. */
function view(bytes: Uint8Array): Buffer;
function view(bytes: Uint8Array | null): Buffer | null;
function view(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null || Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function headersOf(headers: Headers): IHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerOf(value)]));
}

function headerOf(value: HeaderValue): string | Buffer | (string | Buffer)[] {
  if (typeof value === 'string') return value;
  return isUint8Array(value) ? view(value) : value.map((one) => (typeof one === 'string' ? one : view(one)));
}

let lastTime = NaN;
let lastText = '';

// kafkajs wants text and takes a number 0 for "none given". Records of one millisecond follow each other.
function decimal(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastText = String(time);
  }
  return lastText;
}
