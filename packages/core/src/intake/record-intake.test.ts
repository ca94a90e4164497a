import { describe, expect, it, vi } from 'vitest';
import { Delivery } from '../contract/delivery.js';
import { RecordIntake } from './record-intake.js';
import { SerializedRecord } from '../contract/record.js';

const plain = new RecordIntake<unknown, unknown>({}, false);

describe('RecordIntake', () => {
  it('sets a missing timestamp to the time of the call, and creates no headers', () => {
    const taken = plain.take({ topic: 't', key: 'k', value: 'v' }, 99);
    expect(taken).toMatchObject({ topic: 't', timestamp: 99 });
    expect(taken instanceof SerializedRecord && taken.hasHeaders).toBe(false);
    const again = taken instanceof SerializedRecord ? plain.take(taken, 500) : undefined;
    expect(again).toMatchObject({ timestamp: 99 });
    expect(again).not.toBe(taken);
  });

  it('checks for a misspelt field when there is no value, in production too', () => {
    for (const serializers of [{}, { value: () => 'never' }]) {
      const intake = new RecordIntake<unknown, unknown>(serializers, false);
      const given: unknown = { topic: 't', messages: [{ value: 'v' }] };
      expect(() => void Reflect.apply(intake.take, intake, [given, 0])).toThrow(
        expect.objectContaining({ code: 'INVALID_RECORD', field: 'messages' }),
      );
    }
  });

  it('reports when reading the record throws', () => {
    const cause = new Error('a trap');
    const trap = new Proxy(
      { topic: 't', value: 'v' },
      {
        get: () => {
          throw cause;
        },
      },
    );
    try {
      plain.take(trap, 0);
      expect.unreachable();
    } catch (error) {
      expect(plain.problemOf(error)).toMatchObject({
        code: 'INVALID_RECORD',
        field: 'record',
        cause,
      });
    }
    expect(plain.placeholder(trap, 5)).toMatchObject({ topic: '', key: null, value: null, timestamp: 5 });
  });

  it('survives a revoked proxy: as a record, as a part of one, and as a thrown value', () => {
    const { proxy, revoke } = Proxy.revocable({ topic: 't', value: 'v' }, {});
    revoke();
    const thrower = {
      get topic(): string {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- user code may
        throw proxy;
      },
      value: 'v',
    };
    for (const given of [proxy, { topic: 't', value: proxy }, thrower]) {
      try {
        plain.take(given, 0);
        expect.unreachable();
      } catch (error) {
        expect(plain.problemOf(error).code).toBe('INVALID_RECORD');
      }
      expect(plain.placeholder(given, 5)).toMatchObject({ key: null, timestamp: 5 });
    }
  });

  it('accepts a serialized record of another copy of core, and skips the serializers', async () => {
    vi.resetModules();
    const other = await import('../contract/record.js');
    expect(other.SerializedRecord).not.toBe(SerializedRecord);
    const bytes = Buffer.from('v');
    const given = new other.SerializedRecord('t', null, bytes, { a: 'b' }, 3, 7);
    const intake = new RecordIntake<string, string>({ value: () => 'serialised twice' }, true);
    expect(intake.take(given, 0)).toEqual(new SerializedRecord('t', null, bytes, { a: 'b' }, 3, 7));
    expect(new Delivery(given, 0, 0, 0, undefined).record).toBe(given);
  });

  it('reads each field once, so that it sends the value that it checked', () => {
    let reads = 0;
    const given = {
      topic: 't',
      get value(): Uint8Array {
        return reads++ === 0 ? Buffer.from('v') : (Object.create(Uint8Array.prototype) as Uint8Array);
      },
      get headers(): { readonly [name: string]: string } {
        return reads++ < 2
          ? { a: 'b' }
          : (Object.create(null, { a: { enumerable: true, value: 5 } }) as Record<string, string>);
      },
      get partition(): number {
        return reads++ < 3 ? 1 : -3;
      },
    };
    expect(plain.take(given, 0)).toMatchObject({
      value: Buffer.from('v'),
      headers: { a: 'b' },
      partition: 1,
    });
    expect(reads).toBe(3);
  });

  it('copies the headers, repeated ones too, so that the caller may reuse the original', () => {
    const tags = ['a'];
    const headers = Object.fromEntries([
      ['tags', tags],
      ['__proto__', ['x']],
    ]);
    const taken = plain.take({ topic: 't', value: 'v', headers }, 0);
    const again = taken instanceof SerializedRecord ? plain.take(taken, 0) : undefined;
    tags.push('b');
    expect(taken).toMatchObject({ headers: { tags: ['a'] } });
    if (!(taken instanceof SerializedRecord) || !(again instanceof SerializedRecord)) {
      return expect.unreachable();
    }
    expect(Object.keys(taken.headers)).toEqual(['tags', '__proto__']);
    expect(again.headers['tags']).not.toBe(taken.headers['tags']);
  });

  it('creates a placeholder for a refused record, and remembers the original', () => {
    const given = { topic: 't', key: 'k', value: { a: 1 } };
    const placeholder = plain.placeholder(given, 5);
    expect(placeholder).toMatchObject({ topic: 't', key: Buffer.from('k'), value: null, timestamp: 5 });
    expect(plain.originalOf(placeholder)).toBe(given);
    const bytes = new SerializedRecord('t', null, new Uint8Array(1), undefined, undefined, 0);
    const ofBytes = plain.placeholder(bytes, 5);
    expect(ofBytes).toEqual(bytes);
    expect(plain.originalOf(ofBytes)).toBeUndefined();
  });

  it('forgets the original once the record is serialized', async () => {
    const intake = new RecordIntake<string, string>({ value: (value) => Promise.resolve(value) }, false);
    const given = { topic: 't', value: 'v' };
    const taken = intake.take(given, 0);
    if (taken instanceof SerializedRecord) return expect.unreachable();
    expect(intake.originalOf(taken.record)).toBe(given);
    intake.serialized(taken.record, await taken.bytes);
    expect(intake.originalOf(taken.record)).toBeUndefined();
    expect(taken.record.value).toEqual(Buffer.from('v'));
  });
});
