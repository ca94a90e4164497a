import { ProducerError, type Headers, type HeaderValue } from '@holdfast/core';
import { SerializedRecord } from '@holdfast/core/stage';
import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { recordOf } from '../read/consumed-record.js';
import { nativeHeaders } from './native-record.js';

const bytes = fc.uint8Array({ maxLength: 8 }).map((one) => Buffer.from(one));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '\0', 'a\0b', '\ufeff'),
);
const one = fc.oneof(text, bytes);
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((some) => some.replaceAll('\0', '')),
  fc.constantFrom('__proto__', 'toString', '1', '', 'имя ✓'),
);
const headers: fc.Arbitrary<Headers> = fc
  .array(fc.tuple(name, fc.oneof(one, fc.array(one, { maxLength: 3 }))), { maxLength: 5 })
  .map((entries): Headers => Object.fromEntries<HeaderValue>(entries));

const asStored = (given: Readonly<Headers>): [string, string][] =>
  Object.entries(given).flatMap(([of, value]) =>
    [value].flat().map((some): [string, string] => [of, Buffer.from(some).toString('hex')]),
  );

it('headers go to the client and come back from it byte for byte', async () => {
  const property = fc.property(headers, (given) => {
    const native = nativeHeaders(new SerializedRecord('t', null, null, given, undefined, 1)) ?? [];
    if (ProducerError.is(native)) throw native;
    for (const header of native) expect(Object.values(header).every(Buffer.isBuffer)).toBe(true);
    const read = recordOf({ topic: 't', partition: 0, offset: 0, size: 0, value: null, headers: native });
    expect(asStored(read.headers)).toEqual(asStored(given));
  });
  await checkProperty(property);
});
