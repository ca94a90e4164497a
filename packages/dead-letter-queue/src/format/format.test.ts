import type { Headers, HeaderValue } from '@holdfast/core';
import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truncate } from '../letter/truncate.js';
import type { DeadLetter } from '../letter/dead-letter.js';
import { decodeHeaders, encodeHeaders } from './topic-headers.js';
import { decodeLine, encodeLine } from './json-line.js';

const bytes = fc.uint8Array({ maxLength: 20 });
const one = fc.oneof(fc.string({ unit: 'binary' }), bytes);
const ours = ['topic', 'partition', 'timestamp', 'key-hash'];
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(...ours, ...ours.map((of) => `_${of}`), ...ours.map((of) => `__${of}`)),
  fc.constantFrom('original-topic', 'original-', 'error-code', 'dead-letter-id', '__proto__', '1', '0', ''),
);
const headers: fc.Arbitrary<Headers> = fc
  .array(fc.tuple(name, fc.oneof(one, fc.array(one))), { maxLength: 8 })
  .map((entries): Headers => Object.fromEntries<HeaderValue>(entries));

const aTime = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const data = fc.option(bytes);
const letters: fc.Arbitrary<DeadLetter> = fc
  .record({
    id: fc.string({ minLength: 1 }),
    at: aTime,
    status: fc.constantFrom('failed' as const, 'unknown' as const),
    retries: fc.nat(),
    error: fc.record({ code: fc.string(), class: fc.string(), message: fc.string({ unit: 'binary' }) }),
    record: fc.record({ topic: fc.constant('orders'), key: data, value: data, headers, timestamp: aTime }),
    more: fc.record({ keyHash: fc.integer(), partition: fc.nat() }, { requiredKeys: [] }),
    cause: fc.option(fc.string()),
    kafka: fc.option(fc.record({ code: fc.integer(), name: fc.string() })),
  })
  .map(({ record, more: { keyHash, partition }, cause, kafka, error, ...rest }) => ({
    ...rest,
    error: { ...error, ...(cause !== null && { cause }), ...(kafka && { kafka }) },
    ...(keyHash !== undefined && { keyHash }),
    record: { ...record, ...(partition !== undefined && { partition }) },
  }));

type Shown = (of: string | Uint8Array) => string;

const hex: Shown = (of) => Buffer.from(of).toString('hex');
const exact: Shown = (of) => (typeof of === 'string' ? `text ${of}` : `bytes ${hex(of)}`);

/** Everything in order, as the bytes that Kafka stores; with `exact`, text and bytes told apart. */
function stored(letter: DeadLetter | string, show = hex): unknown {
  if (typeof letter === 'string') return letter;
  const { record, ...rest } = letter;
  const listed = Object.entries(record.headers).map(([of, value]) => [
    of,
    typeof value === 'string' || value instanceof Uint8Array ? show(value) : value.map(show),
  ]);
  const { key, value } = record;
  return {
    ...rest,
    record: { ...record, key: key && show(key), value: value && show(value), headers: listed },
  };
}

describe('a dead letter', () => {
  it('is restored unchanged from the headers of a topic', async () => {
    const property = fc.property(letters, (letter) => {
      const { key, value } = letter.record;
      expect(stored(decodeHeaders({ key, value, headers: encodeHeaders(letter) }))).toEqual(stored(letter));
    });
    await checkProperty(property);
  });

  it('is restored unchanged from a line', async () => {
    const property = fc.property(letters, (letter) => {
      const line = encodeLine(letter).toString();
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(stored(decodeLine(line), exact)).toEqual(stored(letter, exact));
    });
    await checkProperty(property);
  });

  it('keeps a header that was given as bytes as bytes, and reads older lines that did not', () => {
    const headers = {
      text: 'a',
      bytes: Buffer.from('a'),
      several: ['b', Buffer.from('b')],
      none: Buffer.alloc(0),
    };
    const error = { code: 'X', class: 'E', message: 'm' };
    const record = { topic: 't', key: null, value: null, timestamp: 1, headers };
    const line = encodeLine({ id: 'i', at: 1, status: 'failed', retries: 0, error, record }).toString();
    expect(line).toContain(
      '"headers":{"text":"a","bytes":{"base64":"YQ=="},"several":["b",{"base64":"Yg=="}],"none":{"base64":""}}',
    );
    expect(decodeLine(line)).toMatchObject({ record: { headers } });
    expect(decodeLine(line.replace('{"base64":"YQ=="}', '"a"'))).toMatchObject({
      record: { headers: { bytes: 'a' } },
    });
  });

  it('is never read from a torn line', async () => {
    const property = fc.property(letters, fc.nat(), fc.nat({ max: 511 }), (letter, from, many) => {
      const line = encodeLine(letter);
      const at = from % (line.length - 1);
      expect(typeof decodeLine(line.toString('utf8', 0, at))).toBe('string');
      const holed = Buffer.from(line).fill(0, at, Math.min(line.length, at + 1 + many));
      expect(typeof decodeLine(holed.toString())).toBe('string');
    });
    await checkProperty(property);
  });

  it('is not read from arbitrary input', async () => {
    const property = fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      expect(typeof decodeLine(line)).toBe('string');
    });
    await checkProperty(property);
  });

  it('comes with the reason why a record or a line holds none', () => {
    const none = { key: null, value: null };
    expect(decodeHeaders({ ...none, headers: {} })).toBe("it has no header 'dead-letter-id'");
    const some = { 'dead-letter-id': 'x', 'original-topic': 't', timestamp: '1' };
    expect(decodeHeaders({ ...none, headers: { ...some, 'original-timestamp': '1e3' } })).toBe(
      "its header 'original-timestamp' is not a number",
    );
    expect(decodeLine('{"v":2}')).toBe('it has format 2, and this version of Holdfast reads 1');
    expect(decodeLine('{"v":1}')).toBe("its 'id' is not a string");
    expect(decodeLine('[]')).toBe('it is not a dead letter');
  });

  it('is truncated between characters', async () => {
    const property = fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 40 }), (text, most) => {
      const short = truncate(text, most);
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(most);
      expect(Buffer.from(text).toString().startsWith(Buffer.from(short).toString())).toBe(true);
      if (Buffer.byteLength(text) <= most) expect(short).toBe(text);
      else expect(Buffer.byteLength(short)).toBeGreaterThan(most - 4);
    });
    await checkProperty(property);
  });
});
