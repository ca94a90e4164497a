import { noLane, type Delivery, type Settle } from '@holdfast/core/stage';
import { checkSeeds, createDelivery, seededRandom, testEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { circuitBreaker } from './circuit-breaker.js';
import { delivered, fails, settleAs } from './harness.fixture.js';

const scopes = ['cluster', 'topic', 'partition'] as const;

/**
 * Records of a few topics, with keys, partitions or neither, in random batches, through circuits
 * that open and probe all the time.
 */
async function run(seed: number): Promise<{ readonly split: number; readonly probes: number }> {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const env = testEnv();
  const scope = scopes[below(scopes.length)] ?? 'topic';
  const breaker = circuitBreaker({
    scope,
    consecutiveFailures: 1,
    openDurationMs: 20,
    maxOpenDurationMs: 40,
    halfOpenProbes: 1 + below(3),
  });
  const numbers = new Map<Delivery, number>();
  const calls: { readonly batch: readonly Delivery[]; readonly settle: Settle }[] = [];
  const stage = breaker.bind((batch, settle) => calls.push({ batch: [...batch], settle }), env);
  let probes = 0;
  env.events.on('circuit.halfOpened', () => probes++);
  let split = 0;
  for (let step = 0; step < 60; step++) {
    const batch = Array.from({ length: 1 + below(40) }, () => {
      const topic = `t${below(3)}`;
      const kind = below(3);
      const place = kind === 0 ? { key: `k${below(3)}` } : kind === 1 ? { partition: below(2) } : {};
      return createDelivery({ topic, value: 'v', ...place });
    });
    for (const one of batch) numbers.set(one, numbers.size);
    const before = calls.length;
    const refused: Delivery[] = [];
    stage.send([...batch], (settled) => refused.push(...settled));
    expect(calls.length - before).toBeLessThanOrEqual(1);
    const passed = calls[before]?.batch ?? [];
    expect([...passed, ...refused].length).toBe(batch.length);
    expectInOrder(passed, numbers);
    expectPrefixes(passed, refused, numbers);
    if (passed.length > 0 && refused.length > 0) split++;
    for (const call of calls.splice(0, below(3))) {
      settleAs(call.settle, call.batch, random() < 0.4 ? fails() : delivered);
    }
    await env.clock.advance(below(30));
  }
  return { split, probes };
}

function expectInOrder(batch: readonly Delivery[], numbers: ReadonlyMap<Delivery, number>): void {
  const order = batch.map((one) => numbers.get(one) ?? -1);
  expect(order.every((number, index) => index === 0 || number > (order[index - 1] ?? -1))).toBe(true);
}

/** Of a lane, nothing goes down behind a record that was refused. */
function expectPrefixes(
  passed: readonly Delivery[],
  refused: readonly Delivery[],
  numbers: ReadonlyMap<Delivery, number>,
): void {
  const firstRefused = new Map<number, number>();
  for (const one of refused) {
    const number = numbers.get(one) ?? -1;
    firstRefused.set(one.lane, Math.min(firstRefused.get(one.lane) ?? Infinity, number));
  }
  const overtaking = passed.filter(
    (one) => one.lane !== noLane && (numbers.get(one) ?? -1) > (firstRefused.get(one.lane) ?? Infinity),
  );
  expect(overtaking).toHaveLength(0);
}

describe('order', () => {
  it('is kept within a lane, whatever is refused and probed', async () => {
    let [split, probes] = [0, 0];
    const runs = await checkSeeds(async (seed) => {
      const one = await run(seed);
      split += one.split;
      probes += one.probes;
    });
    // Otherwise the test has tried nothing.
    expect(split).toBeGreaterThan(runs);
    expect(probes).toBeGreaterThan(runs);
  });
});
