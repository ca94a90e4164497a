import { describe, expect, it } from 'vitest';
import { turn } from '../contract/deliveries.fixture.js';
import { ProducerError } from '../contract/error.js';
import { delivered, textOf } from '../chain/held-adapter.fixture.js';
import { failed } from '../contract/outcome.js';
import { atOnce, Gate, order, setUp } from './producer.fixture.js';

const noLeader = failed(new ProducerError('LEADER_UNAVAILABLE', 'x'));
const orders = (count: number): { topic: string; key: string | null; value: string }[] =>
  Array.from({ length: count }, (_, i) => order(`${i}`));

describe('sendBatch', () => {
  it('gives one outcome a record, in their order, whatever order they settle in', async () => {
    const { producer, adapter } = await setUp();
    const sent = producer.sendBatch(orders(3));
    const { batch = [], settle } = adapter.calls[0] ?? {};
    const [a, b, c] = batch;
    for (const one of [c, a, b]) {
      if (one === undefined) continue;
      one.outcome = one === b ? noLeader : delivered(one, Number(textOf(one)));
      settle?.([one]);
    }
    expect(await sent).toMatchObject([{ offset: 0 }, { status: 'failed' }, { offset: 2 }]);
  });

  it('resolves with nothing for nothing, and rejects only for what is no array', async () => {
    const { producer, adapter } = await setUp();
    expect(await producer.sendBatch([])).toEqual([]);
    for (const wrong of [undefined, order('v'), 'text']) {
      const sent: unknown = Reflect.apply(producer.sendBatch, producer, [wrong]);
      await expect(sent).rejects.toMatchObject({ code: 'INVALID_RECORD', field: 'records' });
    }
    expect(adapter.calls).toEqual([]);
    expect(producer.stats().sent).toBe(0);
  });

  it('never sends half: wrong ones fail alone, at their place', async () => {
    const { producer, adapter } = await setUp();
    const trap = {
      topic: 'orders',
      get value(): string {
        throw new Error('a trap');
      },
    };
    const wrong: unknown[] = [order('a'), { topic: '' }, order('b'), undefined, trap, order('c')];
    const sent = producer.sendBatch(wrong as never);
    expect(adapter.values).toEqual(['a', 'b', 'c']);
    adapter.answer();
    expect((await sent).map(({ status }) => status)).toEqual([
      'delivered',
      'failed',
      'delivered',
      'failed',
      'failed',
      'delivered',
    ]);
  });

  it('takes the records of the call, whatever listeners and serializers do to the array meanwhile', async () => {
    const { producer, adapter } = await setUp({
      serializers: {
        value: (value: string) => {
          if (value === 'a') records.splice(2);
          return value;
        },
      },
    });
    const records = [order('a'), { topic: '', value: 'wrong' }, order('b')];
    producer.on('failed', () => {
      if (records.length < 10) records.push({ topic: '', value: 'again' });
    });
    const sent = producer.sendBatch(records);
    adapter.answer();
    expect((await sent).map(({ status }) => status)).toEqual(['delivered', 'failed', 'delivered']);
    expect(producer.stats().sent).toBe(3);
  });

  it('refuses an array that cannot be read before it sends any of it', async () => {
    const { producer } = await setUp();
    const trap = Object.defineProperty([order('a')], 1, {
      get: () => {
        throw new Error('a trap');
      },
    });
    await expect(producer.sendBatch(trap)).rejects.toMatchObject({ code: 'INVALID_RECORD' });
    expect(producer.stats().sent).toBe(0);
  });

  it('resolves when all of it was refused', async () => {
    const { producer } = await setUp();
    const outcomes = await producer.sendBatch([{ topic: '', value: 'v' }]);
    expect(outcomes).toMatchObject([{ status: 'failed', error: { code: 'INVALID_RECORD' } }]);
  });

  it('resolves when a stage settles all inside send', async () => {
    const { producer } = await setUp({ use: [atOnce(() => noLeader)] });
    expect(await producer.sendBatch(orders(600))).toEqual(Array(600).fill(noLeader));
  });

  it('goes down whole where no stage queues', async () => {
    const { producer, adapter } = await setUp();
    const sent = producer.sendBatch(orders(1_000));
    expect(adapter.calls.map(({ batch }) => batch.length)).toEqual([1_000]);
    adapter.answer();
    expect(await sent).toHaveLength(1_000);
  });

  it('goes down in few large lots where one does', async () => {
    const gate = new Gate();
    const { producer, adapter } = await setUp({ use: [gate.middleware] });
    gate.open(1_000);
    const sent = producer.sendBatch(orders(1_000));
    expect(adapter.calls.map(({ batch }) => batch.length)).toEqual([256, 256, 256, 232]);
    adapter.answer();
    expect(await sent).toHaveLength(1_000);
  });

  it('takes one time for all its records', async () => {
    const { producer, adapter } = await setUp();
    void producer.sendBatch(orders(600));
    const times = adapter.calls.flatMap(({ batch }) => batch.map(({ record }) => record.timestamp));
    expect(new Set(times).size).toBe(1);
  });

  it('waits for room between its lots, and keeps its order among other sends', async () => {
    const gate = new Gate();
    const { producer, adapter } = await setUp({ use: [gate.middleware] });
    gate.open(300);
    const batch = producer.sendBatch(orders(1_000));
    const single = producer.send(order('last'));
    expect(adapter.values).toHaveLength(512);
    expect(producer.stats().waitingForRoom).toBe(489);
    for (let i = 0; i < 10; i++) {
      gate.open(60);
      await turn();
    }
    expect(adapter.values).toEqual([...orders(1_000).map(({ value }) => value), 'last']);
    adapter.answer();
    await single;
    expect(await batch).toHaveLength(1_000);
  });

  it('keeps its order where some records wait for their serializers', async () => {
    const answers: (() => void)[] = [];
    const slow = (value: string): Promise<string> =>
      new Promise((resolve) => void answers.push(() => resolve(value)));
    const { producer, adapter } = await setUp<string, string>({
      serializers: { value: (value) => (Number(value) % 3 === 1 ? slow(value) : value) },
    });
    const sent = producer.sendBatch(orders(10));
    const after = producer.send(order('10'));
    expect(adapter.values).toEqual(['0']);
    for (const answer of answers.reverse()) {
      answer();
      await turn();
    }
    expect(adapter.values).toEqual([...orders(11).map(({ value }) => value)]);
    adapter.answer();
    await after;
    expect((await sent).every(({ status }) => status === 'delivered')).toBe(true);
  });

  it('lets those that find no room expire one by one, and gives the outcomes of all', async () => {
    const gate = new Gate();
    const { producer, adapter, clock } = await setUp({ use: [gate.middleware], maxBlockMs: 10 });
    gate.open(256);
    const sent = producer.sendBatch(orders(258));
    await clock.advance(10);
    adapter.answer();
    const outcomes = await sent;
    expect(outcomes.filter(({ status }) => status === 'delivered')).toHaveLength(256);
    expect(outcomes.slice(256)).toMatchObject(Array(2).fill({ error: { code: 'BLOCK_TIMEOUT' } }));
  });
});
