import type { Delivery } from '@holdfast/core/stage';
import { createDelivery, statOf } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from './batch/batch-builder.js';
import { InFlightBatch } from './batch/in-flight-batch.js';
import { TopicQuotas } from './batch/topic-quotas.js';
import { harness, values, type Harness } from './harness.fixture.js';
import { FairQueue } from './queue/fair-queue.js';
import { TopicQueues } from './queue/topic-queues.js';

interface Given {
  readonly topic: string;
  readonly key?: string;
  readonly value: string;
}

const of = (topic: string, count: number, key?: (i: number) => string): Given[] =>
  Array.from({ length: count }, (_, i) => ({
    topic,
    value: `${topic}${i}`,
    ...(key === undefined ? {} : { key: key(i) }),
  }));

const wentDown = ({ below }: Harness, topic: string): Delivery[] =>
  below.flatMap(({ batch }) => batch).filter(({ record }) => record.topic === topic);

/**
 * Delivers the matching records of each batch in flight, each batch through its own settle
 * function.
 */
const deliverWhere = (bench: Harness, matches: (value: string, topic: string) => boolean): void => {
  for (const [call, { batch }] of bench.below.entries()) {
    const some = batch.filter(
      (one) => one.outcome === undefined && matches(values([one])[0] ?? '', one.record.topic),
    );
    if (some.length > 0) bench.deliver(some, call);
  }
};

const keyed = (i: number): string => `k${i}`;

describe.each([
  ['with keys', keyed],
  ['without', undefined],
])("a topic's quota of records in flight, records %s", (_, key) => {
  it('is its own: what one topic leaves in flight takes nothing from another', async () => {
    const bench = harness({ maxInFlightRecords: 3, maxBatchRecords: 2 });
    bench.send([...of('dead', 10, key), ...of('well', 2, key)]);
    await bench.env.clock.runSoon();
    expect(wentDown(bench, 'dead')).toHaveLength(3);
    expect(wentDown(bench, 'well')).toHaveLength(2);
    deliverWhere(bench, (value) => value === 'well1');
    bench.send(of('well', 5, (i) => `later${i}`));
    await bench.env.clock.runSoon();
    expect(wentDown(bench, 'dead')).toHaveLength(3);
    expect(wentDown(bench, 'well')).toHaveLength(4);
  });

  it('is free again, record by record, as records are settled', async () => {
    const bench = harness({ maxInFlightRecords: 3, maxBatchRecords: 3 });
    const all = bench.send(of('orders', 6, key));
    await bench.env.clock.runSoon();
    bench.deliver(all.slice(0, 1), 0);
    await bench.env.clock.runSoon();
    bench.deliver(all.slice(1, 3), 0);
    await bench.env.clock.runSoon();
    expect(bench.below.map(({ batch }) => batch.length)).toEqual([3, 1, 2]);
    expect(values(wentDown(bench, 'orders'))).toEqual(of('orders', 6).map(({ value }) => value));
  });
});

describe('topics', () => {
  it('take turns in a batch, so that the backlog of one does not delay another', async () => {
    const bench = harness({ maxBatchRecords: 300 });
    bench.send([...of('large', 2_000), ...of('small', 50)]);
    await bench.env.clock.runSoon();
    const first = bench.below[0]?.batch ?? [];
    expect(first.filter(({ record }) => record.topic === 'small')).toHaveLength(50);
    expect(first).toHaveLength(300);
  });

  it('take turns even if one fills a whole batch', async () => {
    const bench = harness({ maxBatchRecords: 2 });
    bench.send([...of('a', 6), ...of('b', 4)]);
    await bench.env.clock.runSoon();
    expect(bench.below.map(({ batch }) => batch[0]?.record.topic)).toEqual(['a', 'b', 'a', 'b', 'a']);
  });

  it('never share a cell of the lane table', () => {
    const queue = new FairQueue(new TopicQuotas({ maxInFlightRecords: 100, maxBatchRecords: 100 }));
    const limits = { maxBatchRecords: 100, maxBatchBytes: 1_000 };
    const alike = (lane: number, topic: string): Delivery =>
      Object.assign(createDelivery({ topic, key: 'k', value: null }), { lane });
    const push = (one: Delivery): void => void queue.push(one, one.record.topic);
    push(alike(7, 'dead'));
    queue.take(new BatchBuilder(new InFlightBatch(0), limits));
    for (let i = 1; i <= 20; i++) push(alike(7 + i * 2 ** 16, 'well'));
    push(alike(7, 'dead'));
    const builder = new BatchBuilder(new InFlightBatch(0), limits);
    queue.take(builder);
    expect(builder.deliveries.map(({ record }) => record.topic)).toEqual(new Array(20).fill('well'));
  });

  it('are forgotten when they are empty, but not while something of them is in flight', () => {
    const topics = new TopicQueues();
    const stays = topics.get('stays');
    stays.inFlight.add(new InFlightBatch(0), 1);
    for (let i = 0; i < 10_000; i++) topics.get(`topic ${i}`);
    expect([...topics].length).toBeLessThan(2_000);
    expect(topics.get('stays')).toBe(stays);
  });
});

describe('a stalled topic', () => {
  it('sends one batch per 250 ms until something is settled, and takes no place in flight', async () => {
    const bench = harness({ maxInFlight: 1, maxBatchRecords: 2 });
    const { clock, calls } = bench.env;
    bench.send(of('dead', 2));
    await clock.runSoon();
    for (let i = 0; i < 10; i++) calls.started();
    await clock.advance(250);
    bench.send(of('dead', 100));
    await clock.advance(10);
    expect(wentDown(bench, 'dead')).toHaveLength(4);
    await clock.advance(239);
    expect(wentDown(bench, 'dead')).toHaveLength(4);
    bench.send(of('well', 2));
    await clock.advance(1);
    expect(wentDown(bench, 'well')).toHaveLength(2);
    await clock.advance(500);
    expect(wentDown(bench, 'dead')).toHaveLength(10);
    bench.deliver(wentDown(bench, 'dead').slice(0, 2), 0);
    bench.deliver(wentDown(bench, 'well'), 3);
    await clock.runSoon();
    expect(wentDown(bench, 'dead').length).toBeGreaterThan(10);
  });

  it('leaves no timer behind when nothing of it waits', async () => {
    const bench = harness();
    bench.send(of('dead', 1));
    await bench.env.clock.advance(1_000);
    bench.send(of('dead', 1));
    await bench.env.clock.advance(1_000);
    expect(wentDown(bench, 'dead')).toHaveLength(2);
    expect(bench.env.clock.pending).toBe(0);
  });

  it('may have one batch in flight once all topics together have ten quotas in flight', async () => {
    const bench = harness({ maxInFlightRecords: 10, maxBatchRecords: 2, maxInFlight: 1_000 });
    const names = Array.from({ length: 30 }, (_, i) => `topic${i}`);
    bench.send(names.flatMap((name) => of(name, 20)));
    await bench.env.clock.advance(60_000);
    const most = bench.below.reduce((sum, { batch }) => sum + batch.length, 0);
    expect(most).toBeGreaterThanOrEqual(100);
    expect(most).toBeLessThanOrEqual(100 + names.length * 2);
    for (const name of names) expect(wentDown(bench, name).length).toBeGreaterThanOrEqual(2);
  });
});

describe('a partition that is away', () => {
  const rounds = async (bench: Harness, count: number): Promise<void> => {
    for (let round = 0; round < count; round++) {
      bench.send([
        { key: `dead${round}`, value: 'dead' },
        { key: `well${round}`, value: 'well' },
      ]);
      await bench.env.clock.advance(100);
      deliverWhere(bench, (value) => value === 'well');
    }
  };

  it("does not use up its topic's quota: stuck records stop counting while others get through", async () => {
    const bench = harness({ maxInFlightRecords: 4, maxBatchRecords: 4 });
    await rounds(bench, 30);
    for (let i = 0; i < 30; i++) {
      await bench.env.clock.advance(100);
      deliverWhere(bench, (value) => value === 'well');
    }
    expect(bench.up).toHaveLength(30);
    expect(wentDown(bench, 'orders')).toHaveLength(60);
  });

  it('uses up at most ten quotas', async () => {
    const bench = harness({ maxInFlightRecords: 4, maxBatchRecords: 4 });
    await rounds(bench, 500);
    const inFlightRecords = statOf(bench.stage, 'inFlightRecords');
    expect(inFlightRecords).toBeGreaterThanOrEqual(10 * 4);
    expect(inFlightRecords).toBeLessThanOrEqual(10 * 4 + 4);
  });
});

it('continues when a stage below gives records another topic, or mixes up its batches', async () => {
  const bench = harness({ maxInFlightRecords: 4, maxBatchRecords: 4 });
  for (let round = 0; round < 20; round++) {
    bench.send([...of('a', 2), ...of('b', 2)]);
    await bench.env.clock.runSoon();
    const [last, before] = [bench.below.at(-1), bench.below.at(-2)];
    for (const one of last?.batch ?? []) one.record.topic = `renamed ${one.record.topic}`;
    if (round % 2 === 0) bench.deliver(last?.batch ?? []);
    else
      bench.deliver([
        ...(last?.batch ?? []),
        ...(before?.batch.filter(({ outcome }) => outcome === undefined) ?? []),
      ]);
  }
  expect(bench.up).toHaveLength(80);
  expect(bench.stage.stats?.()).toMatchObject({ inFlightRecords: 0, waitingRecords: 0 });
});
