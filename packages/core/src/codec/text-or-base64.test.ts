import { describe, expect, it } from 'vitest';
import type { HeaderValue } from '../contract/record.js';
import { plainHeaders, textOrBase64 } from './text-or-base64.js';

describe('bytes as plain data', () => {
  it('are text when they are UTF-8, else base64', () => {
    expect(textOrBase64('é')).toBe('é');
    expect(textOrBase64(Buffer.from('é'))).toBe('é');
    expect(textOrBase64(Uint8Array.of())).toBe('');
    expect(textOrBase64(Uint8Array.of(0xff, 0x00))).toEqual({ base64: '/wA=' });
    expect(textOrBase64(Uint8Array.of(1, 0x61, 2).subarray(1, 2))).toBe('a');
  });

  it('keep a header that is given several times, and one with any name', () => {
    const headers = Object.fromEntries<HeaderValue>([
      ['__proto__', 'mine'],
      ['twice', ['a', Uint8Array.of(0xff)]],
    ]);
    const plain = plainHeaders(headers);
    expect(Object.entries(plain)).toEqual([
      ['__proto__', 'mine'],
      ['twice', ['a', { base64: '/w==' }]],
    ]);
  });
});
