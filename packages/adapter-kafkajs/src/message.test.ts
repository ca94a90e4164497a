import { checkProperty, createDelivery } from '@holdfast/testing';
import type { Headers, HeaderValue, ProducerRecord } from '@holdfast/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMessage } from './message.js';

const messageOf = (record: Partial<ProducerRecord>): ReturnType<typeof toMessage> =>
  toMessage(createDelivery({ topic: 't', value: 'v', ...record }).record);

const one = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'a\0b'), fc.uint8Array());
const headers: fc.Arbitrary<Headers> = fc
  .array(fc.tuple(fc.string({ unit: 'binary' }), fc.oneof(one, fc.array(one))), { maxLength: 5 })
  .map((entries): Headers => Object.fromEntries<HeaderValue>(entries));

describe('a message for kafkajs', () => {
  it('shares the bytes of the record, and has them as a Buffer, as kafkajs makes text of any other', () => {
    const bytes = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    const { key, value } = messageOf({ key: bytes, value: bytes });
    expect([key, value].every((one) => Buffer.isBuffer(one))).toBe(true);
    expect(value).toEqual(Buffer.from([1, 2]));
    bytes[0] = 7;
    expect(value).toEqual(Buffer.from([7, 2]));
  });

  it('keeps null apart from empty', () => {
    expect(messageOf({ key: null, value: null })).toMatchObject({ key: null, value: null });
    expect(messageOf({ key: '', value: '' })).toMatchObject({ key: Buffer.alloc(0), value: Buffer.alloc(0) });
  });

  it('has the timestamp as text, 0 too, as kafkajs takes a number 0 for none', () => {
    expect([0, 5, 5, 1_700_000_000_000].map((timestamp) => messageOf({ timestamp }).timestamp)).toEqual([
      '0',
      '5',
      '5',
      '1700000000000',
    ]);
  });

  it('has no headers when the record has none, and a copy of those it has', () => {
    expect('headers' in messageOf({})).toBe(false);
    const headers = { a: 'text', b: new Uint8Array([1]), c: ['x', new Uint8Array([2])], ['__proto__']: 'p' };
    const delivery = createDelivery({ topic: 't', value: 'v', headers });
    const [first, second] = [toMessage(delivery.record), toMessage(delivery.record)];
    expect(Object.entries(first.headers ?? {})).toEqual([
      ['a', 'text'],
      ['b', Buffer.from([1])],
      ['c', ['x', Buffer.from([2])]],
      ['__proto__', 'p'],
    ]);
    if (first.headers !== undefined) first.headers['a'] = 'changed by instrumentation';
    expect(second.headers).not.toBe(first.headers);
    expect(second.headers?.['a']).toBe('text');
    expect(delivery.record.headers['a']).toBe('text');
  });

  it('has headers of the same bytes, whatever these are', async () => {
    const property = fc.property(headers, (given) => {
      const { headers: made = {} } = messageOf({ headers: given });
      const stored = Object.entries(made).flatMap(([name, value]) =>
        [value].flat().map((one) => [name, Buffer.from(one ?? 'none')]),
      );
      expect(stored).toEqual(
        Object.entries(given).flatMap(([name, value]) =>
          [value].flat().map((one) => [name, Buffer.from(one)]),
        ),
      );
    });
    await checkProperty(property);
  });
});
