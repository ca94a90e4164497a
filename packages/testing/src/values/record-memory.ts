import type { SerializedRecord } from '@holdfast/core/stage';

/** A change by a middleware or the caller to a record that was valid when the producer took it. */
export interface Spoiling {
  readonly title: string;
  /** The field that an error should name. */
  readonly field: string;
  spoil(record: SerializedRecord): void;
}

/** Returns bytes whose memory has been transferred away. */
export function detachedBytes(length = 100): Uint8Array {
  const bytes = new Uint8Array(length);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

const set = (field: string, value: unknown): Omit<Spoiling, 'title'> => ({
  field,
  spoil: (record) => void Reflect.set(record, field, value),
});

const header = (name: string, value: unknown): Omit<Spoiling, 'title'> => ({
  field: `headers.${name}`,
  spoil: (record) => void Reflect.set(record.headers, name, value),
});

/** All ways in which a record can become unwritable. A stage fails such a record and no other. */
export const spoilings: readonly Spoiling[] = [
  { title: 'a key whose memory is gone', ...set('key', detachedBytes()) },
  { title: 'a value whose memory is gone', ...set('value', detachedBytes()) },
  { title: 'a header whose memory is gone', ...header('trace', detachedBytes()) },
  { title: 'one of several headers of a name whose memory is gone', ...header('t', ['a', detachedBytes()]) },
  { title: 'a negative partition', ...set('partition', -3) },
  { title: 'a partition that is no whole number', ...set('partition', 1.5) },
  { title: 'a partition beyond 31 bits', ...set('partition', 2 ** 31) },
  { title: 'a partition that is a text', ...set('partition', '1') },
  { title: 'a value that is a text', ...set('value', 'text') },
  { title: 'a value that is a long text', ...set('value', 'text'.repeat(100)) },
  { title: 'no value at all', ...set('value', undefined) },
  { title: 'a value that is a number', ...set('value', 7) },
  { title: 'a value that is a proxy of bytes', ...set('value', new Proxy(new Uint8Array(8), {})) },
  { title: 'a value that inherits from bytes', ...set('value', Object.create(Uint8Array.prototype)) },
  { title: 'a value of floats', ...set('value', new Float64Array(3)) },
  { title: 'a key that is a text', ...set('key', 'text') },
  { title: 'a header that is a number', ...header('trace', 7) },
  { title: 'a header that is null', ...header('trace', null) },
  { title: 'one of several headers of a name that is a number', ...header('trace', ['a', 7]) },
  // eslint-disable-next-line no-sparse-arrays -- a hole is what is meant
  { title: 'several headers of a name with a hole', ...header('trace', ['a', , 'b']) },
  { title: 'headers that are a map', ...set('headers', new Map([['a', 'b']])) },
  { title: 'a timestamp that is no number', ...set('timestamp', 'now') },
  { title: 'a timestamp that is NaN', ...set('timestamp', NaN) },
  { title: 'a timestamp that is a BigInt', ...set('timestamp', 7n) },
  { title: 'a topic that is a number', ...set('topic', 7) },
  { title: 'an empty topic', ...set('topic', '') },
  { title: 'a topic longer than Kafka allows', ...set('topic', 't'.repeat(250)) },
];

/** Returns the same bytes in every kind of readable memory a user may have them in. */
export function memoriesOf(
  bytes: Uint8Array,
): readonly { readonly title: string; readonly bytes: Uint8Array }[] {
  const { length } = bytes;
  const at = (memory: ArrayBufferLike, offset: number): Uint8Array => {
    const view = new Uint8Array(memory, offset, length);
    view.set(bytes);
    return view;
  };
  const pooled = Buffer.allocUnsafe(length);
  pooled.set(bytes);
  return [
    { title: 'of their own', bytes: at(new ArrayBuffer(length), 0) },
    { title: 'in the pool of Buffer', bytes: pooled },
    { title: 'in the middle of something huge', bytes: at(new ArrayBuffer(16 * 1024 * 1024), 4097) },
    { title: 'shared with other threads', bytes: at(new SharedArrayBuffer(length + 3), 3) },
  ];
}
