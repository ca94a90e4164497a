import { describe, expect, it, vi } from 'vitest';
import type { ProducerError } from '../contract/error.js';
import { RecordIntake } from './record-intake.js';
import { unknownField } from './validate-record.js';

/** Takes any value, as plain JavaScript can pass it. */
function problem(
  record: unknown,
  intake = new RecordIntake<unknown, unknown>({}, false),
): ProducerError | undefined {
  try {
    Reflect.apply(intake.timeoutOf, intake, [record]);
    Reflect.apply(intake.take, intake, [record, 0]);
    return undefined;
  } catch (error) {
    return intake.problemOf(error);
  }
}
const with_ = (fields: object): unknown => ({ topic: 'orders', value: 'v', ...fields });

describe('RecordIntake.take', () => {
  it('refuses even the first record of a process when its topic is missing', async () => {
    vi.resetModules();
    const { RecordIntake: Fresh } = await import('./record-intake.js');
    expect(problem({ value: 'v' }, new Fresh<unknown, unknown>({}, false))).toMatchObject({ field: 'topic' });
  });

  it.each([
    {},
    { topic: 'a' },
    { topic: 'A.b_c-9' },
    { topic: 'x'.repeat(249) },
    { topic: '...' },
    { partition: 0 },
    { partition: 2 ** 31 - 1 },
    { timestamp: 0 },
    { timestamp: Number.MAX_SAFE_INTEGER },
    { deliveryTimeoutMs: 1 },
    { deliveryTimeoutMs: 0.5e6 },
    { deliveryTimeoutMs: Infinity },
    { deliveryTimeoutMs: undefined },
    { headers: {} },
    { headers: { a: 'text', b: new Uint8Array(1), c: ['x', Buffer.from('y')], d: [] } },
    { headers: Object.setPrototypeOf({ a: 'x' }, null) as object },
    { partition: undefined, timestamp: undefined, headers: undefined, key: undefined },
  ])('lets %o pass', (fields) => {
    expect(problem(with_(fields))).toBeUndefined();
  });

  const refused: [unknown, string, RegExp][] = [
    [undefined, 'record', /must be an object such as \{ topic, key, value \}, not undefined/],
    [null, 'record', /not null/],
    ['text', 'record', /not a string/],
    [[with_({})], 'record', /is an array.*sendBatch\(\[\{ topic, key, value \}, …\]\)/],
    [{ value: 'v' }, 'topic', /is missing; set it to the name/],
    [with_({ topic: '' }), 'topic', /is missing/],
    [with_({ topic: 5 }), 'topic', /is missing/],
    [with_({ topic: 'a b' }), 'topic', /'a b' is not a valid topic name; use 1 to 249/],
    [with_({ topic: 'ä' }), 'topic', /not a valid topic name/],
    [with_({ topic: '.' }), 'topic', /not a valid topic name/],
    [with_({ topic: '..' }), 'topic', /not a valid topic name/],
    [with_({ topic: 'x'.repeat(250) }), 'topic', /not a valid topic name/],
    [with_({ partition: -1 }), 'partition', /whole number from 0 to 2147483647, not -1; leave it out/],
    [with_({ partition: 1.5 }), 'partition', /not 1.5/],
    [with_({ partition: 2 ** 31 }), 'partition', /not 2147483648/],
    [with_({ partition: '1' }), 'partition', /not a string/],
    [with_({ partition: null }), 'partition', /not null/],
    [
      with_({ timestamp: -1 }),
      'timestamp',
      /whole milliseconds since 1970.*not -1; leave it out to use the current time/,
    ],
    [with_({ timestamp: 1.5 }), 'timestamp', /not 1.5/],
    [with_({ timestamp: NaN }), 'timestamp', /not NaN/],
    [with_({ timestamp: 2 ** 53 }), 'timestamp', /not 9007199254740992/],
    [with_({ timestamp: new Date(0) }), 'timestamp', /not an object/],
    [with_({ timestamp: 5n }), 'timestamp', /not a bigint/],
    [
      with_({ deliveryTimeoutMs: 0 }),
      'deliveryTimeoutMs',
      /a number of milliseconds >= 1, or Infinity for no limit, not 0; leave it out to use the producer's/,
    ],
    [with_({ deliveryTimeoutMs: -1 }), 'deliveryTimeoutMs', /not -1/],
    [with_({ deliveryTimeoutMs: NaN }), 'deliveryTimeoutMs', /not NaN/],
    [with_({ deliveryTimeoutMs: '5s secret' }), 'deliveryTimeoutMs', /not a string/],
    [with_({ deliveryTimeoutMs: null }), 'deliveryTimeoutMs', /not null/],
    [with_({ headers: 'x' }), 'headers', /must be an object of name: value/],
    [with_({ headers: null }), 'headers', /must be an object/],
    [with_({ headers: [['a', 'b']] }), 'headers', /must be an object/],
    [with_({ headers: new Map([['a', 'b']]) }), 'headers', /must be an object/],
    [with_({ headers: new Headers([['a', 'b']]) }), 'headers', /must be an object/],
    [with_({ headers: Buffer.from('a') }), 'headers', /must be an object/],
    [
      with_({ headers: { trace: 5 } }),
      'headers.trace',
      /must be bytes.*not a number; convert it to a string first/,
    ],
    [with_({ headers: { trace: null } }), 'headers.trace', /not null/],
    [with_({ headers: { trace: { a: 'secret' } } }), 'headers.trace', /not an object/],
    [with_({ headers: { trace: ['secret', 5] } }), 'headers.trace', /not an array/],
    // eslint-disable-next-line no-sparse-arrays -- a hole, which `every` skips
    [with_({ headers: { trace: ['a', , 'b'] } }), 'headers.trace', /not an array/],
  ];
  it.each(refused)('refuses %o at %s', (record, field, words) => {
    const error = problem(record);
    expect(error).toMatchObject({ code: 'INVALID_RECORD', field, retriable: false });
    expect(error?.message.startsWith(`${field}: `)).toBe(true);
    expect(error?.message).toMatch(words);
    expect(error?.message).not.toContain('secret');
  });

  it('refuses an invalid topic each time, after a valid one too', () => {
    expect(problem(with_({ topic: 'good' }))).toBeUndefined();
    expect(problem(with_({ topic: 'not good' }))).toBeDefined();
    expect(problem(with_({ topic: 'not good' }))).toBeDefined();
  });

  it.each([
    [with_({ topic: 'ä'.repeat(100_000) })],
    [with_({ headers: { ['h'.repeat(100_000)]: 5 } })],
    [{ topic: 't', ['f'.repeat(100_000)]: 'v' }],
  ])('shows at most 100 characters of a name', (record) => {
    const message = problem(record)?.message ?? '';
    expect(message).toMatch(/(ä{100}|h{100}|f{100})…/);
    expect(message).not.toMatch(/[äf]{101}|h{101}/);
    expect(message.length).toBeLessThan(400);
  });
});

describe('unknownField', () => {
  it('finds a misspelt field and lists the valid ones', () => {
    expect(unknownField({ topic: 't', valeu: 'secret' })).toMatchObject({
      code: 'INVALID_RECORD',
      field: 'valeu',
      message:
        'valeu: is not a field of a record; the fields are topic, key, value, headers, partition, timestamp, deliveryTimeoutMs',
    });
    expect(unknownField({ topic: 't', key: 'k', value: 'v' })).toBeUndefined();
    expect(unknownField({ topic: 't', messages: [{ value: 'secret' }] })?.message).toBe(
      'messages: is not a field of a record; the fields are topic, key, value, headers, partition, timestamp, deliveryTimeoutMs; here each message is a separate record: sendBatch([{ topic, key, value }, …])',
    );
  });
});
