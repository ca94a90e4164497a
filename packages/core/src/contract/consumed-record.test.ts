import { describe, expect, it } from 'vitest';
import { collectHeaders } from './consumed-record.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('collectHeaders', () => {
  it('returns bytes for a header that appears once, and an array in order for a repeated one', () => {
    const headers = collectHeaders([
      ['a', bytes(1)],
      ['b', bytes(255)],
      ['a', bytes()],
      ['a', bytes(3)],
    ]);
    expect(headers).toEqual({ a: [bytes(1), bytes(), bytes(3)], b: bytes(255) });
  });

  it('turns null into 0 bytes, and returns {} without headers', () => {
    expect(collectHeaders([['a', null]])).toEqual({ a: bytes() });
    expect(collectHeaders([])).toEqual({});
  });

  it('treats __proto__ as an ordinary name', () => {
    const headers = collectHeaders([['__proto__', bytes(1)]]);
    expect(Object.entries(headers)).toEqual([['__proto__', bytes(1)]]);
  });
});
