import { describe, expect, it, vi } from 'vitest';
import { ProducerError } from '../contract/error.js';
import { serialize, toBytes, type KeyAndValue } from './serializer.js';

const text = ({ key, value }: KeyAndValue): (string | null)[] =>
  [key, value].map((bytes) => (bytes === null ? null : Buffer.from(bytes).toString()));
const json = (data: unknown): string => JSON.stringify(data);
const thrown = async (run: () => unknown): Promise<ProducerError> => {
  try {
    await run();
  } catch (error) {
    if (ProducerError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('toBytes', () => {
  it('encodes text as UTF-8, and returns bytes without copying them', () => {
    const bytes = new Uint8Array([1, 2]);
    expect(toBytes('ü', 'value')).toEqual(Buffer.from([0xc3, 0xbc]));
    expect(toBytes(bytes, 'value')).toBe(bytes);
    expect(toBytes(null, 'key')).toBeNull();
  });

  it.each([
    [{ secret: 1 }, 'an object'],
    [['secret'], 'an array'],
    [42, 'a number'],
    [undefined, 'undefined'],
    [() => 'secret', 'a function'],
  ])('refuses %s, and names the field and the remedy but not the content', async (data, kind) => {
    const error = await thrown(() => toBytes(data, 'value'));
    expect(error).toMatchObject({ code: 'INVALID_RECORD', field: 'value' });
    expect(error.message).toContain(`value: must be bytes (Uint8Array), a string or null, not ${kind}`);
    expect(error.message).toContain('serializers.value');
    expect(error.message).not.toMatch(/secret|42/);
  });
});

describe('serialize', () => {
  it('returns synchronously without a serializer, and with synchronous ones', () => {
    expect(serialize({ topic: 't', key: 'k', value: 'v' }, {})).toMatchObject({});
    const made = serialize({ topic: 't', key: 1, value: { a: 1 } }, { key: json, value: json });
    expect(made instanceof Promise ? [] : text(made)).toEqual(['1', '{"a":1}']);
  });

  it('passes the topic and the field to the serializer', () => {
    const value = vi.fn(json);
    void serialize({ topic: 'orders', value: 1 }, { value });
    expect(value).toHaveBeenCalledWith(1, { topic: 'orders', field: 'value' });
  });

  it('does not serialize null: a tombstone, or no key', () => {
    const never = vi.fn(json);
    const made = serialize({ topic: 't', key: null, value: null }, { key: never, value: never });
    expect(made).toEqual({ key: null, value: null });
    expect(serialize({ topic: 't', value: null }, { key: never })).toEqual({ key: null, value: null });
    expect(never).not.toHaveBeenCalled();
  });

  it('awaits promises, those of other libraries too', async () => {
    const foreign: PromiseLike<string> = {
      then(resolved) {
        void Promise.resolve().then(() => resolved?.('later'));
        return foreign as never;
      },
    };
    const made = await serialize(
      { topic: 't', key: 'k', value: 'v' },
      { key: () => foreign as Promise<string>, value: () => Promise.resolve('value') },
    );
    expect(text(made)).toEqual(['later', 'value']);
  });

  it('names the field of a serializer that throws or rejects, and keeps its message in the cause', async () => {
    const cause = new Error('no schema for {"secret":1}');
    const fail = (): never => {
      throw cause;
    };
    for (const value of [fail, () => Promise.reject(cause)]) {
      const error = await thrown(() => serialize({ topic: 't', value: 'v' }, { value }));
      expect(error).toMatchObject({ code: 'SERIALIZER_FAILED', field: 'value', cause });
      expect(error.message).not.toContain('secret');
    }
  });

  it('passes on a ProducerError unchanged, thrown or rejected', async () => {
    const own = new ProducerError('SERIALIZER_FAILED', 'the registry is away', { retriable: true });
    const fail = (): never => {
      throw own;
    };
    expect(await thrown(() => serialize({ topic: 't', value: 'v' }, { value: fail }))).toBe(own);
    const reject = (): Promise<string> => Promise.reject(own);
    expect(await thrown(() => serialize({ topic: 't', value: 'v' }, { value: reject }))).toBe(own);
  });

  it("refuses a serializer's result that is not bytes, synchronous or not", async () => {
    const bad = (): string => Reflect.apply(Number, undefined, [5]) as never;
    for (const value of [bad, () => Promise.resolve(bad())]) {
      const error = await thrown(() => serialize({ topic: 't', value: 'v' }, { value }));
      expect(error).toMatchObject({ code: 'INVALID_RECORD', field: 'value' });
    }
  });

  it('handles the rejection of a key while the value throws', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const serializers = {
      key: () => Promise.reject(new Error('key')),
      value: (): never => {
        throw new Error('value');
      },
    };
    const error = await thrown(() => serialize({ topic: 't', key: 'k', value: 'v' }, serializers));
    expect(error.field).toBe('value');
    const both = { key: serializers.key, value: () => Promise.reject(new Error('value')) };
    expect((await thrown(() => serialize({ topic: 't', key: 'k', value: 'v' }, both))).field).toBe('key');
    await new Promise((turn) => setImmediate(turn));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
