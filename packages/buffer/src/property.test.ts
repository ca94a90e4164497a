import fc from 'fast-check';
import type { Delivery } from '@holdfast/core/stage';
import { checkProperty, statOf } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { harness, type Harness } from './harness.fixture.js';

const topic = fc.nat({ max: 4 });
const key = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { nil: null, freq: 3 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('send' as const),
      records: fc.array(fc.tuple(topic, key), { minLength: 1, maxLength: 20 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('settle' as const), every: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.nat({ max: 400 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const run = fc.record({
  topics: fc.integer({ min: 2, max: 5 }),
  /** This many topics, the first ones, never settle anything. */
  dead: fc.integer({ min: 0, max: 4 }),
  maxInFlightRecords: fc.constantFrom(1, 3, 10),
  maxBatchRecords: fc.constantFrom(1, 2, 5, 200),
  maxRecords: fc.constantFrom(60, 10_000),
  lingerMs: fc.constantFrom(0, 5),
  steps: fc.array(step, { maxLength: 60 }),
});
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

it('delivers the records of healthy topics in lane order, whatever other topics never settle', async () => {
  await checkProperty(fc.asyncProperty(run, check), { runs: 150 });
});

async function check({ topics, dead, steps, ...options }: Run): Promise<void> {
  const bench = harness({ ...options, maxBytes: 8 * options.maxRecords, maxInFlight: 1_000 });
  const isDead = (one: Delivery): boolean => Number(one.record.topic) < Math.min(dead, topics - 1);
  const sent: Delivery[] = [];
  for (const one of steps) {
    await take(bench, one, topics, isDead, sent);
    expect(statOf(bench.stage, 'inFlightRecords')).toBeLessThanOrEqual(options.maxRecords);
    expect(statOf(bench.stage, 'inFlightBytes')).toBeLessThanOrEqual(8 * options.maxRecords);
    checkLanes(bench);
  }
  const left = (): Delivery[] => sent.filter((one) => !isDead(one) && one.outcome === undefined);
  // Dead topics may have filled the buffer: fairness does not help records that never fitted in.
  // Those inside must get through.
  for (let i = 0; i < 400 && left().length > 0; i++) {
    settle(bench, 1, isDead);
    await bench.env.clock.advance(10);
  }
  const records = (name: string): number => Number(statOf(bench.stage, name));
  const deadInside = sent.filter((one) => isDead(one) && one.outcome === undefined).length;
  if (left().length > 0) expect(deadInside).toBeGreaterThanOrEqual(options.maxRecords);
  expect(records('waitingRecords') + records('inFlightRecords')).toBe(deadInside + left().length);
  await bench.env.clock.until(Promise.resolve(bench.stage.close?.(bench.env.clock.now() + 100)));
  for (const [call, { batch }] of bench.below.entries()) {
    bench.deliver(
      batch.filter(({ outcome }) => outcome === undefined),
      call,
    );
  }
  expect(new Set(bench.up).size).toBe(sent.length);
  expect(bench.up).toHaveLength(sent.length);
  expect(bench.stage.stats?.()).toMatchObject({
    waitingRecords: 0,
    waitingBytes: 0,
    inFlightRecords: 0,
    inFlightBytes: 0,
  });
  expect(bench.env.clock.pending).toBe(0);
}

async function take(
  bench: Harness,
  one: Step,
  topics: number,
  isDead: (one: Delivery) => boolean,
  sent: Delivery[],
): Promise<void> {
  if (one.does === 'send') {
    const records = one.records.map(([topic, key], i) => ({
      topic: `${topic % topics}`,
      key,
      value: `${sent.length + i}`,
    }));
    sent.push(...bench.send(records, { deadline: 1_000_000_000 }));
    await bench.env.clock.runSoon();
  } else if (one.does === 'settle') {
    settle(bench, one.every, isDead);
    await bench.env.clock.runSoon();
  } else await bench.env.clock.advance(one.ms);
}

/** Settles each `every`-th record in flight, over all batches. */
function settle(bench: Harness, every: number, isDead: (one: Delivery) => boolean): void {
  let n = 0;
  for (const [call, { batch }] of bench.below.entries()) {
    const some = batch.filter((one) => one.outcome === undefined && !isDead(one) && n++ % every === 0);
    if (some.length > 0) bench.deliver(some, call);
  }
}

/**
 * Checks that each lane has at most one batch in flight, and that its records were sent in order.
 */
function checkLanes({ below }: Harness): void {
  const last = new Map<string, number>();
  const open = new Map<string, number>();
  for (const [call, { batch }] of below.entries()) {
    for (const { record, outcome } of batch) {
      if (record.key === null) continue;
      const lane = `${record.topic} ${Buffer.from(record.key).toString()}`;
      const number = Number(Buffer.from(record.value ?? []).toString());
      expect(number).toBeGreaterThan(last.get(lane) ?? -1);
      last.set(lane, number);
      if (outcome !== undefined) continue;
      expect(open.get(lane) ?? call).toBe(call);
      open.set(lane, call);
    }
  }
}
