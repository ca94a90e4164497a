import { describe, expect, it } from 'vitest';
import { collectHeaders } from './consumed-record.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('collectHeaders', () => {
  it('gives a header that came once as bytes, and one that came several times as an array, in order', () => {
    const headers = collectHeaders([
      ['a', bytes(1)],
      ['b', bytes(255)],
      ['a', bytes()],
      ['a', bytes(3)],
    ]);
    expect(headers).toEqual({ a: [bytes(1), bytes(), bytes(3)], b: bytes(255) });
  });

  it('gives a null as 0 bytes, and no header as {}', () => {
    expect(collectHeaders([['a', null]])).toEqual({ a: bytes() });
    expect(collectHeaders([])).toEqual({});
  });

  it('takes __proto__ for a name', () => {
    const headers = collectHeaders([['__proto__', bytes(1)]]);
    expect(Object.entries(headers)).toEqual([['__proto__', bytes(1)]]);
  });
});
