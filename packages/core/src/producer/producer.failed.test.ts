import { describe, expect, it } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { delivered, refused, textOf } from '../chain/held-adapter.fixture.js';
import type { Failed, Unknown } from '../contract/outcome.js';
import { atOnce, order, setUp } from './producer.fixture.js';
import type { SerializedRecord } from '../contract/record.js';

describe('failed', () => {
  it('keeps the last records that failed, and takeFailed takes them out to be sent again', async () => {
    const { producer, adapter, clock } = await setUp({ failedLimit: 2 });
    for (const value of ['a', 'b', 'c']) producer.fireAndForget(order(value, 'k'));
    adapter.answer(refused);
    expect(producer.failed).toHaveLength(2);
    expect(producer.failed[0]).toMatchObject({
      record: { topic: 'orders', value: Buffer.from('b') },
      outcome: { status: 'failed', error: { code: 'LEADER_UNAVAILABLE' } },
      at: clock.wallTime(),
    });
    const again = producer.takeFailed().map((one) => producer.send(one.original ?? one.record));
    expect(producer.failed).toEqual([]);
    adapter.answer();
    expect(await Promise.all(again)).toHaveLength(2);
    expect(adapter.values.slice(3)).toEqual(['b', 'c']);
  });

  it('sends bytes again as they are, without the serializers, with headers, partition and timestamp', async () => {
    const { producer, adapter } = await setUp<string, { a: number }>({
      serializers: { value: (value) => JSON.stringify(value) },
    });
    const headers = { h: 'x' };
    producer.fireAndForget({
      topic: 'orders',
      key: 'k',
      value: { a: 1 },
      headers,
      partition: 1,
      timestamp: 5,
    });
    adapter.answer(refused);
    for (const one of producer.takeFailed()) void producer.send(one.original ?? one.record);
    const [first, second] = adapter.calls.map(({ batch }) => batch[0]?.record);
    expect(second).toEqual(first);
    expect(second?.headers).toEqual(headers);
  });

  it('gives what never became bytes as it was given: its placeholder must not pass for a tombstone', async () => {
    let registry = false;
    const { producer, adapter } = await setUp<string, { a: number }>({
      serializers: {
        value: async (value) => {
          if (!registry) throw new Error('the registry is away');
          return JSON.stringify(value);
        },
      },
    });
    const record = { topic: 'orders', key: 'k', value: { a: 1 } };
    producer.fireAndForget(record);
    await turn();
    const [one] = producer.takeFailed();
    expect(one?.original).toBe(record);
    expect(one?.outcome.error.code).toBe('SERIALIZER_FAILED');
    registry = true;
    void producer.send(one?.original ?? one?.record ?? record);
    await turn();
    expect(adapter.values).toEqual(['{"a":1}']);
    adapter.answer();
    // Once it has bytes, they are what there is.
    void producer.send(record).catch(() => undefined);
    await turn();
    adapter.answer(refused);
    expect(producer.takeFailed()[0]?.original).toBeUndefined();
  });
});

describe('onUndeliverable and the event failed', () => {
  it('hear of every record that failed, whoever sent it, and never inside send', async () => {
    const heard: string[] = [];
    const onUndeliverable = (record: SerializedRecord, outcome: Failed | Unknown, original?: unknown): void =>
      void heard.push(
        `${record.topic} ${outcome.status}${original === undefined ? '' : ' with its original'}`,
      );
    const { producer } = await setUp({ use: [atOnce(refused)], onUndeliverable });
    const events: string[] = [];
    producer.on('failed', ({ record, original }) => events.push(`${record.topic} ${original !== undefined}`));
    producer.fireAndForget(order('a'));
    producer.fireAndForget({ topic: 'bills', value: Symbol('v') as never });
    expect(heard).toEqual([]);
    await turn();
    expect(heard).toEqual(['orders failed', 'bills failed with its original']);
    expect(events).toEqual(['orders false', 'bills true']);
  });

  it('what onUndeliverable throws is an event and nothing else', async () => {
    const errors: unknown[] = [];
    const { producer, adapter } = await setUp({
      onUndeliverable: () => {
        throw new Error('x');
      },
    });
    producer.on('callbackError', ({ error }) => errors.push(error));
    producer.fireAndForget(order('a'));
    adapter.answer(refused);
    expect(errors).toEqual([new Error('x')]);
    expect(producer.stats()).toMatchObject({ failed: 1, held: 0 });
  });

  it('delivered tells of each settlement that delivered something', async () => {
    const { producer, adapter } = await setUp();
    const seen: number[] = [];
    const stop = producer.on('delivered', ({ outcomes }) => seen.push(outcomes.length));
    void producer.sendBatch([order('a'), order('b'), order('c')]);
    adapter.answer((delivery) => (textOf(delivery) === 'b' ? refused() : delivered(delivery)));
    producer.fireAndForget(order('d'));
    adapter.answer(refused);
    stop();
    producer.fireAndForget(order('e'));
    adapter.answer();
    expect(seen).toEqual([2]);
  });
});
