import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHeaders, encodeHeaders } from './header-codec.js';
import type { Headers, HeaderValue } from '../contract/record.js';
import { textOrBase64 } from './text-or-base64.js';

const bytes = fc.uint8Array({ maxLength: 8 }).map((one) => Buffer.from(one));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '\0', 'a\0b', '\ufeff'),
);
const one = fc.oneof(
  text,
  bytes,
  text.map((some) => Buffer.from(some)),
);
const name = fc.oneof(text, fc.constantFrom('__proto__', 'toString', '1', '0'));
const headers: fc.Arbitrary<Headers> = fc
  .array(fc.tuple(name, fc.oneof(one, fc.array(one, { maxLength: 3 }))), { maxLength: 5 })
  .map((entries): Headers => Object.fromEntries<HeaderValue>(entries));

describe('headers', () => {
  it('come back from the buffer and the journal as text or bytes, as they went', async () => {
    const property = fc.property(headers, (given) => {
      expect(Object.entries(decodeHeaders(encodeHeaders(given)))).toEqual(Object.entries(given));
    });
    await checkProperty(property);
  });

  it('keep their bytes as plain data', async () => {
    const property = fc.property(one, (given) => {
      const plain = textOrBase64(given);
      const back = typeof plain === 'string' ? Buffer.from(plain) : Buffer.from(plain.base64, 'base64');
      expect(back).toEqual(Buffer.from(given));
    });
    await checkProperty(property);
  });
});
