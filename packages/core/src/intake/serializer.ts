import { isPromise } from 'node:util/types';
import { isReadableBytes } from '../foreign/bytes.js';
import { isThenable } from '../foreign/contain.js';
import { ProducerError } from '../contract/error.js';
import { kindOf } from '../foreign/kind-of.js';
import type { Bytes, ProducerRecord } from '../contract/record.js';

/** The context that a serializer receives beside the data. */
export interface SerializerContext {
  readonly topic: string;
  readonly field: 'key' | 'value';
}

/**
 * Turns data into bytes before it enters the chain. The producer awaits a promise (for example of a
 * schema registry); later records wait behind it, so that order holds. `null` is never passed: it
 * is a tombstone, or no key.
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

/**
 * Returns text as UTF-8, and bytes and `null` as they are, not copied. Throws `INVALID_RECORD` for
 * any other value.
 */
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
    ? 'use null for a tombstone, or set serializers.value for other types'
    : 'leave it out for no key, or set serializers.key for other types';

/**
 * Returns key and value as bytes, or a promise of them if a serializer returned one. Throws or
 * rejects with a `ProducerError`.
 */
export function serialize<K, V>(
  record: Pick<ProducerRecord<K, V>, 'topic' | 'key' | 'value'>,
  serializers: Serializers<K, V>,
): KeyAndValue | Promise<KeyAndValue> {
  const key = apply(record.key ?? null, serializers.key, record.topic, 'key');
  // Handled below, unless the value's serializer throws first.
  if (isPromise(key)) key.catch(() => undefined);
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
    // Not `made.then`: another library's `then` may return anything.
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

// The serializer's message may quote the data, so it stays in `cause` and out of this message.
const serializerFailed = (error: unknown, field: 'key' | 'value'): ProducerError =>
  ProducerError.is(error)
    ? error
    : new ProducerError('SERIALIZER_FAILED', `serializers.${field} threw; 'cause' has its error`, {
        cause: error,
        field,
      });
