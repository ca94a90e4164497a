/** A middleware may set anything on a record, or transfer its memory away. */
import { createDelivery } from '@holdfast/testing';
import type { Delivery, SerializedRecord } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { harness, sendDeliveries, until, words } from './harness.js';

const topic = 'orders';
const deliveries = (count: number): Delivery[] =>
  Array.from({ length: count }, (_, index) =>
    createDelivery({ topic, key: 'k', value: Uint8Array.of(118, 48 + index) }),
  );

/** Its buffer gets a new owner, so that this view of it has no bytes any more. */
function transferAway(bytes: Uint8Array | null): void {
  if (!(bytes?.buffer instanceof ArrayBuffer)) throw new Error('these are no bytes of their own');
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
}

const set =
  (field: keyof SerializedRecord, value: unknown) =>
  (record: SerializedRecord): void =>
    void Reflect.set(record, field, value);

/** Headers with a getter. */
function withGetter(get: () => unknown): object {
  return Object.defineProperty({}, 'trace', { enumerable: true, get });
}
let reads = 0;

const spoilings: readonly (readonly [string, (record: SerializedRecord) => void])[] = [
  ['a value that is a string', set('value', 'text')],
  ['a value that is undefined', set('value', undefined)],
  ['a value that only looks like bytes', set('value', Object.create(Uint8Array.prototype))],
  ['a value whose buffer was transferred', ({ value }) => transferAway(value)],
  ['a key that is a number', set('key', 5)],
  ['partition -3', set('partition', -3)],
  ['partition 0.5', set('partition', 0.5)],
  ['a topic that is undefined', set('topic', undefined)],
  ['a topic with a slash', set('topic', 'a/b')],
  ['no timestamp', set('timestamp', undefined)],
  ['a timestamp that is text', set('timestamp', 'now')],
  ['headers that are a list', set('headers', [['a', 'b']])],
  ['a header that is a number', set('headers', { good: 'v', bad: 5 })],
  [
    'a header that is longer each time',
    set(
      'headers',
      withGetter(() => 'x'.repeat(++reads)),
    ),
  ],
  [
    'a header that throws',
    set(
      'headers',
      withGetter(() => {
        throw new Error('from a getter');
      }),
    ),
  ],
  ['a header in several, one of them null', set('headers', { bad: ['v', null] })],
];

describe.each([true, false])('a record that a middleware spoilt (idempotent: %s)', (idempotent) => {
  it.each(spoilings)('%s: fails alone, and its neighbours arrive in order', async (_, spoil) => {
    const { kafka, adapter } = await harness({ idempotent });
    kafka.topic(topic, [1]);
    const batch = deliveries(5);
    const [, , spoilt] = batch;
    if (spoilt !== undefined) spoil(spoilt.record);
    const outcomes = words(await sendDeliveries(adapter, batch));
    expect(outcomes).toEqual(['delivered', 'delivered', 'failed INVALID_RECORD', 'delivered', 'delivered']);
    expect(kafka.values(topic)).toEqual(['v0', 'v1', 'v3', 'v4']);
  });

  it('a record whose memory is transferred while it waits for its request is not sent empty', async () => {
    const { kafka, adapter, send } = await harness({ idempotent, maxInFlight: 1 });
    kafka.topic(topic, [1, 1]);
    await send([{ topic, value: 'first', partition: 1 }]);
    kafka.reactions.push(() => 'write and hang');
    void send([{ topic, value: 'hangs', partition: 1 }]);
    await until(() => kafka.requests.length === 2);
    const batch = deliveries(5);
    for (const { record } of batch) record.partition = 0;
    const sent = sendDeliveries(adapter, batch);
    transferAway(batch[2]?.record.value ?? null);
    await kafka.kill(1);
    await kafka.open(1);
    expect((await sent)[2]).toMatchObject({
      status: 'failed',
      error: { code: 'INVALID_RECORD', field: 'value' },
    });
    expect(kafka.values(topic, 0)).toEqual(['v0', 'v1', 'v3', 'v4']);
  });

  it('a record whose memory is transferred once its request is encoded is written as it was', async () => {
    const { kafka, adapter, send } = await harness({ idempotent, maxRequestRecords: 10 });
    kafka.topic(topic, [1]);
    await send([{ topic, value: 'first' }]);
    const batch = deliveries(3);
    const sent = sendDeliveries(adapter, batch);
    transferAway(batch[1]?.record.value ?? null);
    expect(words(await sent)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(kafka.values(topic, 0)).toEqual(['first', 'v0', 'v1', 'v2']);
  });
});

it('the bytes of a header arrive unchanged: zero bytes, invalid UTF-8, empty, several', async () => {
  const { kafka, send } = await harness();
  kafka.topic(topic, [1]);
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const headers = {
    text: 'a\u0000b',
    bytes: all,
    utf8: Buffer.from('ö'),
    empty: '',
    several: ['x', all],
    none: [],
  };
  expect(words(await send([{ topic, value: 'v', headers }]))).toEqual(['delivered']);
  expect(kafka.requests[0]?.[0]?.records[0]?.headers).toEqual([
    ['text', Buffer.from('a\u0000b')],
    ['bytes', Buffer.from(all)],
    ['utf8', Buffer.from('ö')],
    ['empty', Buffer.alloc(0)],
    ['several', Buffer.from('x')],
    ['several', Buffer.from(all)],
  ]);
});
