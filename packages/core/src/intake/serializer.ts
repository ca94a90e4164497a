import { isPromise } from 'node:util/types';
import { isReadableBytes } from '../foreign/bytes.js';
import { isThenable } from '../foreign/contain.js';
import { ProducerError } from '../contract/error.js';
import { kindOf } from '../foreign/kind-of.js';
import type { Bytes, ProducerRecord } from '../contract/record.js';

/** What a serializer may look at beside the data. */
export interface SerializerContext {
  readonly topic: string;
  readonly field: 'key' | 'value';
}

/**
 * Turns data into bytes before the chain; a promise (a schema registry) is waited for, and records sent after it
 * wait behind it, so that order holds. `null` never comes here: it is a tombstone, or no key.
 */
export type Serializer<T> = (data: T, context: SerializerContext) => Bytes | Promise<Bytes>;

export interface Serializers<K, V> {
  readonly key?: Serializer<K>;
  readonly value?: Serializer<V>;
}

export interface KeyAndValue {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

/** UTF-8, or the same bytes, not copied; an error for anything else. */
export function toBytes(data: unknown, field: 'key' | 'value'): Uint8Array | null {
  if (data === null) return null;
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (isReadableBytes(data)) return data;
  throw notBytes(data, field);
}

const notBytes = (data: unknown, field: 'key' | 'value'): ProducerError =>
  new ProducerError(
    'INVALID_RECORD',
    `${field}: must be bytes (Uint8Array), a string or null, not ${kindOf(data)}; ${remedy(field)}`,
    { field },
  );

const remedy = (field: 'key' | 'value'): string =>
  field === 'value'
    ? 'give null for a tombstone, or set serializers.value for other types'
    : 'leave it out for no key, or set serializers.key for other types';

/** Key and value as bytes, at once unless a serializer answered with a promise. Throws or rejects with a ProducerError. */
export function serialize<K, V>(
  record: Pick<ProducerRecord<K, V>, 'topic' | 'key' | 'value'>,
  serializers: Serializers<K, V>,
): KeyAndValue | Promise<KeyAndValue> {
  const key = apply(record.key ?? null, serializers.key, record.topic, 'key');
  if (isPromise(key)) key.catch(() => undefined); // heard below, unless the value's serializer throws first
  const value = apply(record.value, serializers.value, record.topic, 'value');
  if (isPromise(key) || isPromise(value)) {
    return Promise.all([key, value]).then(([k, v]) => ({ key: k, value: v }));
  }
  return { key, value };
}

function apply<T>(
  data: T | null,
  serializer: Serializer<T> | undefined,
  topic: string,
  field: 'key' | 'value',
): Uint8Array | null | Promise<Uint8Array | null> {
  if (serializer === undefined || data === null) return toBytes(data, field);
  try {
    const made = serializer(data, { topic, field });
    if (!isThenable(made)) return toBytes(made, field);
    // Not `made.then`: a promise of another library may return anything from that.
    return Promise.resolve(made).then(
      (bytes) => toBytes(bytes, field),
      (error: unknown) => {
        throw serializerFailed(error, field);
      },
    );
  } catch (error) {
    throw serializerFailed(error, field);
  }
}

// The message of the cause may quote the data; it is kept as `cause` and never in our own words.
const serializerFailed = (error: unknown, field: 'key' | 'value'): ProducerError =>
  ProducerError.is(error)
    ? error
    : new ProducerError('SERIALIZER_FAILED', `serializers.${field} threw; 'cause' has its error`, {
        cause: error,
        field,
      });
