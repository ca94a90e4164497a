import { isUtf8 } from 'node:buffer';
import type { HeaderValue, SerializedRecord } from '@holdfast/core';

/** Text when the bytes are UTF-8, else the bytes themselves. */
export type ExportedBytes = string | { readonly base64: string };

/** A record of a journal as plain data. */
export interface ExportedRecord {
  readonly sequence: number;
  /** Kafka has it, or it was given up; the others are those that the next start sends. */
  readonly acknowledged: boolean;
  readonly topic: string;
  /** Missing: chosen by the client. */
  readonly partition?: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: ExportedBytes | null;
  readonly value: ExportedBytes | null;
  /** An array is the same header given several times. */
  readonly headers: { readonly [name: string]: ExportedBytes | readonly ExportedBytes[] };
}

export function exported(
  sequence: number,
  acknowledged: boolean,
  { topic, partition, timestamp, key, value, headers }: SerializedRecord,
): ExportedRecord {
  return {
    sequence,
    acknowledged,
    topic,
    ...(partition !== undefined && { partition }),
    timestamp,
    key: key === null ? null : bytesOf(key),
    value: value === null ? null : bytesOf(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, of]) => [name, headerOf(of)])),
  };
}

const headerOf = (value: HeaderValue): ExportedBytes | readonly ExportedBytes[] =>
  typeof value === 'string' || value instanceof Uint8Array ? bytesOf(value) : value.map(bytesOf);

function bytesOf(bytes: string | Uint8Array): ExportedBytes {
  if (typeof bytes === 'string') return bytes;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(buffer) ? buffer.toString() : { base64: buffer.toString('base64') };
}
