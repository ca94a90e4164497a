import { isUint8Array } from 'node:util/types';
import type { Headers, HeaderValue } from '@holdfast/core';
import type { DeadLetter, DeadLetterError } from '../letter/dead-letter.js';
import { prefixHeaders, unprefixHeaders } from './original-headers.js';

/**
 * Returns the headers of a dead letter in a topic: ours, then each of the record's own as
 * `original-<header>`. Numbers are decimal text.
 */
export function encodeHeaders({ id, at, status, error, retries, keyHash, record }: DeadLetter): Headers {
  const ours: [string, string | number | undefined][] = [
    ['dead-letter-id', id],
    ['timestamp', at],
    ['outcome', status],
    ['retry-count', retries],
    ['error-code', error.code],
    ['error-cause', error.cause],
    ['error-class', error.class],
    ['error-message', error.message],
    ['error-kafka-code', error.kafka?.code],
    ['error-kafka-name', error.kafka?.name],
    ['error-stack', error.stack],
    ['original-topic', record.topic],
    ['original-partition', record.partition],
    ['original-timestamp', record.timestamp],
    ['original-key-hash', keyHash],
  ];
  const entries: [string, HeaderValue][] = [];
  for (const [name, value] of ours) if (value !== undefined) entries.push([name, String(value)]);
  return Object.fromEntries([...entries, ...prefixHeaders(record.headers)]);
}

/** The part of a consumed record that makes up a dead letter. */
interface StoredRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Headers>;
}

/**
 * Returns the dead letter of a record made with {@link encodeHeaders}; or, as text, why it is none.
 */
export function decodeHeaders({ key, value, headers }: StoredRecord): DeadLetter | string {
  const text = (name: string): string | undefined => textOf(headers[name]);
  const number = (name: string): number | undefined => numberOf(text(name));
  const id = text('dead-letter-id');
  const topic = text('original-topic');
  const at = number('timestamp');
  const timestamp = number('original-timestamp');
  if (id === undefined) return "it has no header 'dead-letter-id'";
  if (topic === undefined) return "it has no header 'original-topic'";
  if (at === undefined) return "its header 'timestamp' is not a number";
  if (timestamp === undefined) return "its header 'original-timestamp' is not a number";
  const partition = number('original-partition');
  if (partition === undefined && headers['original-partition'] !== undefined)
    return "its header 'original-partition' is not a number";
  const keyHash = number('original-key-hash');
  return {
    id,
    at,
    status: text('outcome') === 'unknown' ? 'unknown' : 'failed',
    error: decodeError(text, number),
    retries: number('retry-count') ?? 0,
    ...(keyHash !== undefined && { keyHash }),
    record: {
      topic,
      key,
      value,
      headers: unprefixHeaders(headers),
      ...(partition !== undefined && { partition }),
      timestamp,
    },
  };
}

function decodeError(
  text: (name: string) => string | undefined,
  number: (name: string) => number | undefined,
): DeadLetterError {
  const code = number('error-kafka-code');
  const cause = text('error-cause');
  const stack = text('error-stack');
  return {
    code: text('error-code') ?? 'UNCLASSIFIED',
    ...(cause !== undefined && { cause }),
    class: text('error-class') ?? 'Error',
    message: text('error-message') ?? '',
    ...(code !== undefined && { kafka: { code, name: text('error-kafka-name') ?? '' } }),
    ...(stack !== undefined && { stack }),
  };
}

function textOf(value: HeaderValue | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (isUint8Array(value)) return Buffer.from(value).toString();
  return textOf(value[0]);
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d+$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}
