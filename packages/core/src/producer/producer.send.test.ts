import { describe, expect, it, vi } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { ProducerError } from '../contract/error.js';
import { delivered, refused, textOf } from '../chain/held-adapter.fixture.js';
import { failed, unknown, type Outcome } from '../contract/outcome.js';
import { atOnce, Gate, order, setUp } from './producer.fixture.js';
import { SerializedRecord } from '../contract/record.js';

const timedOut = unknown(new ProducerError('REQUEST_TIMED_OUT', 'late'));
const lost: Outcome = { status: 'dead-lettered', to: 'orders.dlq', error: timedOut.error };

describe('send, as a promise', () => {
  it('resolves with the receipt once the record is delivered', async () => {
    const { producer, adapter, clock } = await setUp();
    const sent = producer.send(order('v', 'k'));
    await turn();
    expect(producer.stats()).toMatchObject({ sent: 1, held: 1 });
    adapter.answer();
    const timestamp = clock.wallTime();
    expect(await sent).toEqual({ status: 'delivered', topic: 'orders', partition: 0, offset: 0, timestamp });
  });

  it('resolves for a stage that answers for the record', async () => {
    const { producer } = await setUp({ use: [atOnce(() => ({ status: 'accepted', by: 'journal' }))] });
    expect(await producer.send(order('v'))).toEqual({ status: 'accepted', by: 'journal' });
  });

  it.each([
    ['failed', failed(timedOut.error), false],
    ['unknown', timedOut, true],
  ])(
    'rejects with the error of %s, which says whether the record may be written',
    async (_, outcome, maybeWritten) => {
      const { producer, adapter } = await setUp();
      const sent = producer.send(order('v'));
      adapter.answer(() => outcome);
      const { code, message } = timedOut.error;
      await expect(sent).rejects.toMatchObject({ code, message, maybeWritten });
    },
  );

  it('rejects when the record was dead-lettered: it is kept, but not where it was sent', async () => {
    const { producer } = await setUp({ use: [atOnce(() => lost)] });
    const sent = producer.send(order('v'));
    await expect(sent).rejects.toThrow(/^not delivered, but kept: dead-lettered to orders.dlq, because of /);
    await expect(sent).rejects.toMatchObject({ code: 'DEAD_LETTERED', cause: lost.error });
    expect(producer.stats()).toMatchObject({
      deadLettered: 1,
      failed: 0,
      errors: { deadLettered: { REQUEST_TIMED_OUT: 1 } },
    });
  });

  it('refuses a wrong record by itself, and never throws', async () => {
    const { producer, adapter } = await setUp();
    await expect(producer.send({ topic: '', value: 'v' })).rejects.toMatchObject({ field: 'topic' });
    const noRecord: unknown = Reflect.apply(producer.send, producer, []);
    await expect(noRecord).rejects.toMatchObject({ code: 'INVALID_RECORD', field: 'record' });
    const throws = {
      get topic(): string {
        throw new Error('a trap');
      },
      value: 'v',
    };
    await expect(producer.send(throws)).rejects.toMatchObject({ code: 'INVALID_RECORD', field: 'record' });
    expect(adapter.calls).toEqual([]);
    expect(producer.stats()).toMatchObject({
      sent: 3,
      failed: 3,
      held: 0,
      errors: { failed: { INVALID_RECORD: 3 } },
    });
  });

  it('refuses a misspelt field only while leak detection is on', async () => {
    const misspelt = { ...order('v'), partiton: 1 };
    const { producer } = await setUp({ leakDetection: true });
    await expect(producer.send(misspelt)).rejects.toMatchObject({ field: 'partiton' });
    const { producer: fast, adapter } = await setUp({ leakDetection: false });
    const sent = fast.send(misspelt);
    adapter.answer();
    await sent;
  });
});

describe('send, with a callback', () => {
  it('hears null and the receipt, or the error alone', async () => {
    const { producer, adapter } = await setUp();
    const done = vi.fn();
    expect(producer.send(order('a'), done)).toBeUndefined();
    producer.send(order('b'), done);
    adapter.answer((delivery) => (textOf(delivery) === 'a' ? delivered(delivery) : timedOut));
    expect(done.mock.calls).toEqual([
      [null, expect.objectContaining({ status: 'delivered' })],
      [expect.objectContaining({ code: timedOut.error.code, maybeWritten: true })],
    ]);
  });

  it.each([
    ['settled inside send', { use: [atOnce(() => timedOut)] }, order('v')],
    ['refused', {}, { topic: '', value: 'v' }],
  ])('is never called inside send, also when the record is %s', async (_case, options, record) => {
    const { producer } = await setUp(options);
    const seen: string[] = [];
    producer.send(record, () => seen.push('called'));
    seen.push('send has returned');
    await turn();
    expect(seen).toEqual(['send has returned', 'called']);
  });

  it('what it throws, or rejects with, is an event and nothing else', async () => {
    const { producer, adapter, logger } = await setUp();
    const errors: unknown[] = [];
    producer.on('callbackError', ({ error }) => errors.push(error));
    const other = vi.fn();
    producer.send(order('a'), () => {
      throw new Error('a secret');
    });
    const rejects = (): Promise<never> => Promise.reject(new Error('rejected'));
    Reflect.apply(producer.send, producer, [order('b'), rejects]);
    producer.send(order('c'), other);
    adapter.answer();
    await turn();
    expect(other).toHaveBeenCalledOnce();
    expect(errors).toEqual([new Error('a secret'), new Error('rejected')]);
    expect(producer.stats()).toMatchObject({ delivered: 3, held: 0 });
    expect(logger.text()).not.toContain('secret');
  });

  it('may send again from the callback, also when that fails inside send', async () => {
    const { producer } = await setUp({ use: [atOnce(() => timedOut)] });
    let tries = 0;
    await new Promise<void>((done) => {
      const again = (): void => {
        if (++tries === 1_000) done();
        else producer.send(order('v'), again);
      };
      producer.send(order('v'), again);
    });
    expect(producer.stats().unknown).toBe(1_000);
  });

  it('refuses what is no function at once', async () => {
    const { producer } = await setUp();
    expect(() => void Reflect.apply(producer.send, producer, [order('v'), 'done'])).toThrow(
      'the callback of send must be a function',
    );
    expect(producer.stats().sent).toBe(0);
  });
});

describe('what is sent', () => {
  it('is the record in bytes, with the time of the call unless it has its own', async () => {
    const { producer, adapter, clock } = await setUp();
    const headers = { trace: 'x' };
    producer.fireAndForget({ topic: 'orders', key: 'k', value: null, headers, partition: 3, timestamp: 5 });
    await clock.advance(1_234.5);
    producer.fireAndForget({ topic: 'orders', value: new Uint8Array([1]) });
    headers.trace = 'changed';
    const [first, second] = adapter.calls.map(({ batch }) => batch[0]);
    expect(first?.record).toMatchObject({ key: Buffer.from('k'), value: null, partition: 3, timestamp: 5 });
    expect(first?.record.headers).toEqual({ trace: 'x' });
    expect(second?.record).toMatchObject({
      key: null,
      value: new Uint8Array([1]),
      timestamp: clock.wallTime(),
    });
    expect(second?.record.partition).toBeUndefined();
    expect(second).toMatchObject({ createdAt: 1_234, deadline: 121_234, attempts: 1 });
  });

  it('goes through the serializers; a record that is bytes already does not', async () => {
    const { producer, adapter } = await setUp<number, { a: number }>({
      serializers: { key: String, value: (value) => JSON.stringify(value) },
    });
    producer.fireAndForget({ topic: 'orders', key: 7, value: { a: 1 } });
    const bytes = new SerializedRecord('orders', Buffer.from('k'), Buffer.from('v'), { h: 'x' }, 2, 9);
    producer.fireAndForget(bytes);
    const [first, second] = adapter.calls.map(({ batch }) => batch[0]?.record);
    expect(first).toMatchObject({ key: Buffer.from('7'), value: Buffer.from('{"a":1}') });
    expect(second).toMatchObject({
      key: Buffer.from('k'),
      value: Buffer.from('v'),
      partition: 2,
      timestamp: 9,
    });
    expect(second?.headers).toEqual({ h: 'x' });
    expect(second).not.toBe(bytes);
  });

  it('keeps its order behind a serializer that is at work', async () => {
    let answer: (bytes: string) => void = () => undefined;
    const slow = new Promise<string>((resolve) => (answer = resolve));
    const { producer, adapter } = await setUp<string, string>({
      serializers: { value: (value) => (value === 'slow' ? slow : value) },
    });
    const sent = ['first', 'slow', 'last'].map((value) =>
      producer.send({ topic: 'orders', key: 'k', value }),
    );
    expect(adapter.values).toEqual(['first']);
    answer('was slow');
    await turn();
    expect(adapter.values).toEqual(['first', 'was slow', 'last']);
    const lanes = adapter.calls.map(({ batch }) => batch[0]?.lane);
    expect(new Set(lanes).size).toBe(1);
    adapter.answer();
    await Promise.all(sent);
  });

  it('is no more than that record’s failure when a serializer throws or rejects', async () => {
    const { producer, adapter } = await setUp<string, string>({
      serializers: {
        value: (value) => {
          if (value === 'throws') throw new Error('thrown');
          return value === 'rejects' ? Promise.reject(new Error('rejected')) : value;
        },
      },
    });
    const sent = ['throws', 'rejects', 'right'].map((value) => producer.send({ topic: 'orders', value }));
    const results = Promise.allSettled(sent);
    await turn();
    adapter.answer();
    const [first, second, third] = await results;
    expect(first).toMatchObject({ reason: { code: 'SERIALIZER_FAILED', cause: new Error('thrown') } });
    expect(second).toMatchObject({ reason: { code: 'SERIALIZER_FAILED', cause: new Error('rejected') } });
    expect(third).toMatchObject({ status: 'fulfilled' });
  });
});

describe('maxBlockMs and deliveryTimeoutMs', () => {
  it('end a wait for room, and say which it was', async () => {
    const gate = new Gate();
    const { producer, clock, adapter } = await setUp({
      use: [gate.middleware],
      maxBlockMs: 50,
      deliveryTimeoutMs: 80,
    });
    const blocked = producer.send(order('a'));
    blocked.catch(() => undefined);
    await clock.advance(49);
    expect(producer.stats()).toMatchObject({ held: 1, waitingForRoom: 1 });
    await clock.advance(1);
    await expect(blocked).rejects.toMatchObject({
      code: 'BLOCK_TIMEOUT',
      retriable: true,
      message: expect.stringContaining('no room in the chain within maxBlockMs (50 ms)') as string,
    });
    gate.open(5);
    const sent = producer.send(order('b'));
    adapter.answer();
    await sent;
    expect(adapter.values).toEqual(['b']);
  });

  it('deliveryTimeoutMs ends it when that is shorter', async () => {
    const { producer, clock } = await setUp({ use: [new Gate().middleware], deliveryTimeoutMs: 20 });
    const late = producer.send(order('a'));
    late.catch(() => undefined);
    await clock.advance(20);
    await expect(late).rejects.toMatchObject({
      code: 'DELIVERY_TIMEOUT',
      message: expect.stringContaining('deliveryTimeoutMs (20 ms)') as string,
    });
  });

  it('end a wait for a serializer too, and name it; what it answers later is not sent', async () => {
    let answer: (bytes: string) => void = () => undefined;
    const { producer, clock, adapter } = await setUp<string, string>({
      serializers: { value: () => new Promise((resolve) => (answer = resolve)) },
      maxBlockMs: 10,
    });
    const late = producer.send({ topic: 'orders', value: 'v' });
    late.catch(() => undefined);
    await clock.advance(10);
    await expect(late).rejects.toMatchObject({
      code: 'SERIALIZER_FAILED',
      message: 'a serializer gave no answer within maxBlockMs (10 ms)',
    });
    answer('bytes');
    await turn();
    expect(adapter.calls).toEqual([]);
  });

  it.each([
    [{}, Infinity],
    [{ acceptsAfterMs: Infinity }, Infinity],
    [{ acceptsAfterMs: 10_000 }, 120_000],
    [{ acceptsAfterMs: 300_000 }, 300_000],
    [{ answers: 'acceptance' }, 120_000],
  ] as const)(
    'over a stage that keeps records on disk, %j, the deadline is %d, unless one is given',
    async (traits, deadline) => {
      const journal = {
        name: 'journal',
        traits: { persists: true, ...traits },
        bind: atOnce(() => lost).bind,
      };
      const deadlines: number[] = [];
      const watch = {
        name: 'watch',
        bind: (next: Parameters<typeof journal.bind>[0]) => ({
          send: (...[batch, settle]: Parameters<typeof next>) => {
            deadlines.push(...batch.map((one) => one.deadline));
            next(batch, settle);
          },
        }),
      };
      for (const options of [{}, { deliveryTimeoutMs: 5 }]) {
        const { producer } = await setUp({
          use: [watch, journal],
          onUndeliverable: () => undefined,
          ...options,
        });
        producer.fireAndForget(order('v'));
      }
      expect(deadlines).toEqual([deadline, 5]);
    },
  );
});

it('a settle that never was: a stage without an outcome gives unknown, by name', async () => {
  const { producer, adapter } = await setUp();
  const sent = producer.send(order('v'));
  for (const { batch, settle } of adapter.calls) settle([...batch]);
  await expect(sent).rejects.toMatchObject({ code: 'STAGE_FAILED', stage: 'held' });
  adapter.answer(refused);
  expect(producer.stats()).toMatchObject({ unknown: 1, failed: 0 });
});
