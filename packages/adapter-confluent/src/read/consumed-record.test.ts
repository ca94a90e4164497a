import { describe, expect, it } from 'vitest';
import { recordOf } from './consumed-record.js';

const place = { topic: 't', partition: 3, offset: 5, size: 0 };

describe('recordOf', () => {
  it('makes a record of a message', () => {
    const headers = [{ a: Buffer.from('1') }, { b: Buffer.from('2') }, { a: Buffer.alloc(0) }, { b: 'text' }];
    const key = Buffer.from([255]);
    const message = { ...place, timestamp: 1_700_000_000_000, key, value: null, headers };
    expect(recordOf(message)).toEqual({
      topic: 't',
      partition: 3,
      offset: 5,
      timestamp: 1_700_000_000_000,
      key,
      value: null,
      headers: {
        a: [Buffer.from('1'), Buffer.alloc(0)],
        b: [Buffer.from('2'), Buffer.from('text')],
      },
    });
  });

  it('returns a header named __proto__, which the client hides', () => {
    const value = Buffer.from('1');
    const headers = [{ a: value }, Object.setPrototypeOf({}, value) as { [name: string]: Buffer }];
    const { headers: read } = recordOf({ ...place, value, headers });
    expect(Object.entries(read)).toEqual([
      ['a', value],
      ['__proto__', value],
    ]);
  });

  it('returns null, -1 and no headers for missing fields', () => {
    expect(recordOf({ ...place, value: Buffer.alloc(0) })).toMatchObject({
      timestamp: -1,
      key: null,
      value: Buffer.alloc(0),
      headers: {},
    });
  });
});
