import { codecNames } from '../wire/codec.js';
import { gunzipSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codecOf } from './codecs.js';

const snappy = codecNames.indexOf('snappy');
const records = Buffer.from('records');

/** Registers a codec with kafkajs, as users do. */
function register(make: unknown): void {
  const before: unknown = Reflect.get(kafkajs.CompressionCodecs, snappy);
  Reflect.set(kafkajs.CompressionCodecs, snappy, make);
  onTestFinished(() => void Reflect.set(kafkajs.CompressionCodecs, snappy, before));
}
const compressed = (): Promise<Uint8Array> | undefined => codecOf(snappy)?.compress(records);

const lookalike: unknown = Object.create(Uint8Array.prototype);

describe('a codec', () => {
  it("is kafkajs's own for gzip, and missing when nobody registered it", async () => {
    expect(gunzipSync((await codecOf(1)?.compress(records)) ?? '')).toEqual(records);
    expect(codecOf(0)).toBeUndefined();
    expect(codecOf(snappy)).toBeUndefined();
  });

  it('that is registered is called as kafkajs calls it, and keeps its `this`', async () => {
    const codec = {
      prefix: 'small ',
      compress(encoder: { readonly buffer: Buffer; size(): number }) {
        return Promise.resolve(Buffer.from(`${this.prefix}${encoder.buffer.toString()} ${encoder.size()}`));
      },
    };
    register(() => codec);
    expect(codecOf(snappy)?.id).toBe(snappy);
    expect(String(await compressed())).toBe('small records 7');
  });

  it.each([
    ['is no function', 'snappy'],
    ['makes nothing', () => undefined],
    [
      'throws',
      () => {
        throw new Error('not installed');
      },
    ],
    ['makes one that cannot compress', () => ({ decompress: () => records })],
  ])('that %s is none', (_, make) => {
    register(make);
    expect(codecOf(snappy)).toBeUndefined();
  });

  const cause = new Error('out of memory');
  it.each([
    [
      'throws',
      () => {
        throw cause;
      },
    ],
    ['rejects', () => Promise.reject(cause)],
  ])('that %s fails with its error as the cause', async (_, compress) => {
    register(() => ({ compress }));
    await expect(compressed()).rejects.toMatchObject({ code: 'SERIALIZER_FAILED', retriable: false, cause });
  });

  it.each([
    ['undefined', undefined, 'returned undefined'],
    ['a string', 'small', 'returned a string'],
    ['an array', [1, 2], 'returned an array'],
    ['what only looks like bytes', lookalike, 'returned an object'],
    ['no bytes', Buffer.alloc(0), 'returned no bytes'],
  ])('that answers with %s fails, and says so', async (_, answer, said) => {
    register(() => ({ compress: () => answer }));
    const failing = compressed();
    await expect(failing).rejects.toMatchObject({ code: 'SERIALIZER_FAILED' });
    await expect(failing).rejects.toThrow(said);
  });
});
