import { isUint8Array } from 'node:util/types';
import type { Headers, HeaderValue } from '@holdfast/core';
import { textOrBase64 } from '@holdfast/core/internal';
import * as errors from '../errors.js';
import type { DeadLetter, DeadLetterError, OriginalRecord } from '../letter/dead-letter.js';

/** The version of the format. Lines of another version are not read. */
const version = 1;

/** Returns a dead letter as one line of JSON, including the end of the line. */
export function encodeLine({ record, ...letter }: DeadLetter): Buffer {
  const { key, value, headers, ...rest } = record;
  const line = {
    v: version,
    ...letter,
    record: {
      ...rest,
      key: key === null ? null : textOrBase64(key),
      value: value === null ? null : textOrBase64(value),
      headers: encodeHeaders(headers),
    },
  };
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** Returns the dead letter of a line; or, as text, why the line holds none. */
export function decodeLine(line: string): DeadLetter | string {
  try {
    const parsed: unknown = JSON.parse(line);
    const fields = fieldsOf(parsed);
    if (fields['v'] !== version)
      return `it has format ${shown(fields['v'])}, and this version of Holdfast reads ${version}`;
    return decodeLetter(fields);
  } catch (error) {
    return error instanceof errors.MalformedLine ? error.message : 'it is not JSON: a crash may have torn it';
  }
}

// Unlike a key, a header may be given as text. So bytes are never stored as text, even if they are
// UTF-8.
const encodeHeaders = (headers: Readonly<Headers>): Fields =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' || isUint8Array(value) ? encodeHeader(value) : value.map(encodeHeader),
    ]),
  );

const encodeHeader = (value: string | Uint8Array): string | { readonly base64: string } =>
  typeof value === 'string' ? value : { base64: Buffer.from(value).toString('base64') };

type Fields = { readonly [name: string]: unknown };

function decodeLetter(letter: Fields): DeadLetter {
  const { status, keyHash } = letter;
  return {
    id: stringOf(letter['id'], 'id'),
    at: integerOf(letter['at'], 'at'),
    status: status === 'unknown' ? 'unknown' : 'failed',
    error: decodeError(fieldsOf(letter['error'])),
    retries: integerOf(letter['retries'], 'retries'),
    ...(keyHash !== undefined && { keyHash: integerOf(keyHash, 'keyHash') }),
    record: decodeRecord(fieldsOf(letter['record'])),
  };
}

function decodeError({ code, cause, class: name, message, kafka, stack }: Fields): DeadLetterError {
  const response = kafka === undefined ? undefined : fieldsOf(kafka);
  return {
    code: stringOf(code, 'error.code'),
    ...(cause !== undefined && { cause: stringOf(cause, 'error.cause') }),
    class: stringOf(name, 'error.class'),
    message: stringOf(message, 'error.message'),
    ...(response && {
      kafka: {
        code: integerOf(response['code'], 'error.kafka.code'),
        name: stringOf(response['name'], 'error.kafka.name'),
      },
    }),
    ...(stack !== undefined && { stack: stringOf(stack, 'error.stack') }),
  };
}

function decodeRecord({ topic, partition, timestamp, key, value, headers }: Fields): OriginalRecord {
  return {
    topic: stringOf(topic, 'record.topic'),
    key: key === null ? null : bytesOf(key, 'record.key'),
    value: value === null ? null : bytesOf(value, 'record.value'),
    headers: decodeHeaders(fieldsOf(headers)),
    ...(partition !== undefined && { partition: integerOf(partition, 'record.partition') }),
    timestamp: integerOf(timestamp, 'record.timestamp'),
  };
}

// fromEntries defines properties, so a header named __proto__ is one like any other.
const decodeHeaders = (headers: Fields): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]): [string, HeaderValue] => [
      name,
      Array.isArray(value) ? value.map((one: unknown) => decodeHeader(one)) : decodeHeader(value),
    ]),
  );

const decodeHeader = (value: unknown): string | Uint8Array =>
  typeof value === 'string' ? value : bytesOf(value, 'a header');

function bytesOf(value: unknown, field: string): Buffer {
  if (typeof value === 'string') return Buffer.from(value);
  return Buffer.from(stringOf(fieldsOf(value)['base64'], field), 'base64');
}

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw errors.notALetter();
}

function stringOf(value: unknown, field: string): string {
  if (typeof value === 'string') return value;
  throw errors.wrongField(field, 'a string');
}

function integerOf(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw errors.wrongField(field, 'a whole number');
}

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : 'unknown');
