import { isUint8Array } from 'node:util/types';
import type { Headers, HeaderValue } from '@holdfast/core';
import { textOrBase64 } from '@holdfast/core/internal';
import type { DeadLetter, DeadLetterError, OriginalRecord } from '../letter/dead-letter.js';

/** Of the format of a line; another one is not read. */
const version = 1;

/** A dead letter as one line of JSON, its end included. */
export function toLine({ record, ...letter }: DeadLetter): Buffer {
  const { key, value, headers, ...rest } = record;
  const line = {
    v: version,
    ...letter,
    record: {
      ...rest,
      key: key === null ? null : textOrBase64(key),
      value: value === null ? null : textOrBase64(value),
      headers: headersOf(headers),
    },
  };
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** The dead letter of a line; or, as text, why this is none. */
export function fromLine(line: string): DeadLetter | string {
  try {
    const parsed: unknown = JSON.parse(line);
    const letter = fieldsOf(parsed);
    if (letter['v'] !== version)
      return `it is of format ${shown(letter['v'])}, and this Holdfast reads ${version}`;
    return letterFrom(letter);
  } catch (error) {
    return error instanceof Wrong ? error.message : 'it is no JSON: a crash may have torn it';
  }
}

// Unlike a key, a header may be given as text: bytes are never written as such, also when they happen to be UTF-8.
const headersOf = (headers: Readonly<Headers>): Fields =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' || isUint8Array(value) ? headerOf(value) : value.map(headerOf),
    ]),
  );

const headerOf = (one: string | Uint8Array): string | { readonly base64: string } =>
  typeof one === 'string' ? one : { base64: Buffer.from(one).toString('base64') };

/** What is wrong with a line. */
class Wrong extends Error {}

type Fields = { readonly [name: string]: unknown };

function letterFrom(letter: Fields): DeadLetter {
  const { status, keyHash } = letter;
  return {
    id: aText(letter['id'], 'id'),
    at: aNumber(letter['at'], 'at'),
    status: status === 'unknown' ? 'unknown' : 'failed',
    error: errorFrom(fieldsOf(letter['error'])),
    retries: aNumber(letter['retries'], 'retries'),
    ...(keyHash !== undefined && { keyHash: aNumber(keyHash, 'keyHash') }),
    record: recordFrom(fieldsOf(letter['record'])),
  };
}

function errorFrom({ code, cause, class: name, message, kafka, stack }: Fields): DeadLetterError {
  const answer = kafka === undefined ? undefined : fieldsOf(kafka);
  return {
    code: aText(code, 'error.code'),
    ...(cause !== undefined && { cause: aText(cause, 'error.cause') }),
    class: aText(name, 'error.class'),
    message: aText(message, 'error.message'),
    ...(answer && {
      kafka: {
        code: aNumber(answer['code'], 'error.kafka.code'),
        name: aText(answer['name'], 'error.kafka.name'),
      },
    }),
    ...(stack !== undefined && { stack: aText(stack, 'error.stack') }),
  };
}

function recordFrom({ topic, partition, timestamp, key, value, headers }: Fields): OriginalRecord {
  return {
    topic: aText(topic, 'record.topic'),
    key: key === null ? null : bytesFrom(key, 'record.key'),
    value: value === null ? null : bytesFrom(value, 'record.value'),
    headers: headersFrom(fieldsOf(headers)),
    ...(partition !== undefined && { partition: aNumber(partition, 'record.partition') }),
    timestamp: aNumber(timestamp, 'record.timestamp'),
  };
}

// fromEntries defines properties, so a header named __proto__ is one like any other.
const headersFrom = (headers: Fields): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]): [string, HeaderValue] => [
      name,
      Array.isArray(value) ? value.map((one: unknown) => headerFrom(one)) : headerFrom(value),
    ]),
  );

const headerFrom = (value: unknown): string | Uint8Array =>
  typeof value === 'string' ? value : bytesFrom(value, 'a header');

function bytesFrom(value: unknown, what: string): Buffer {
  if (typeof value === 'string') return Buffer.from(value);
  return Buffer.from(aText(fieldsOf(value)['base64'], what), 'base64');
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Wrong('it is no dead letter');
}

function aText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw new Wrong(`its '${what}' is no text`);
}

function aNumber(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new Wrong(`its '${what}' is no whole number`);
}

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : 'unknown');
