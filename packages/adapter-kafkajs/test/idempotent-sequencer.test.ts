/** The sequencer alone, against brokers that do whatever the protocol allows. */
import { silentLogger } from '@holdfast/core';
import { checkProperty } from '@holdfast/testing';
import type { Delivery } from '@holdfast/core/stage';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdempotentSequencer } from '../src/send/idempotent-sequencer.js';
import { ModelCluster, nodes, partitions, type Index, type Reaction } from './model-cluster.fixture.js';

type Step = (cluster: ModelCluster) => void | Promise<void>;

const index = fc.constantFrom<Index>(0, 1);

/**
 * Error codes of batches that were not written, and those that leave it open; see core's table of
 * protocol errors.
 */
const reactions = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Reaction>({ code: 0, writes: true }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Reaction>(
      ...[19, 5, 29, 10, 87].map((code) => ({ code, writes: false })),
      ...[7, 20, -1, 56, 6].flatMap((code) => [
        { code, writes: true },
        { code, writes: false },
      ]),
    ),
  },
);

const named = <Args extends unknown[]>(
  name: string,
  args: fc.Arbitrary<Args>,
  run: (cluster: ModelCluster, ...args: Args) => void | Promise<void>,
): fc.Arbitrary<Step> =>
  args.map((given) => {
    const step: Step = (cluster) => run(cluster, ...given);
    return Object.assign(step, { toString: () => `${name}(${JSON.stringify(given).slice(1, -1)})` });
  });

const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 });
const timeouts = fc.constantFrom(120_000, 120_000, 120_000, 400, 50);

/** A partition's first batch is confirmed, and as many more as allowed are in flight. */
const burst = (cluster: ModelCluster, partition: Index): void => {
  for (let batch = 0; batch < 7; batch++) cluster.submit(partition, [1 + (batch % 2)], 120_000);
  cluster.write(partition);
  cluster.read(partition, { code: 0, writes: true });
  cluster.answer(partition);
  for (let batch = 0; batch < 6; batch++) cluster.write(partition);
};

const common: fc.WeightedArbitrary<Step>[] = [
  { weight: 6, arbitrary: named('submit', fc.tuple(index, sizes, timeouts), (c, ...a) => c.submit(...a)) },
  { weight: 2, arbitrary: named('burst', fc.tuple(index), burst) },
  { weight: 9, arbitrary: named('write', fc.tuple(index), (c, node) => c.write(node)) },
  { weight: 9, arbitrary: named('read', fc.tuple(index, reactions), (c, ...a) => c.read(...a)) },
  { weight: 9, arbitrary: named('answer', fc.tuple(index), (c, node) => c.answer(node)) },
  { weight: 2, arbitrary: named('lose', fc.tuple(index), (c, node) => c.lose(node)) },
  { weight: 2, arbitrary: named('late', fc.tuple(index, reactions), (c, ...a) => c.read(...a, true)) },
  {
    weight: 1,
    arbitrary: named('move', fc.tuple(index, fc.option(index, { nil: undefined }), fc.nat(3)), (c, ...a) =>
      c.move(...a),
    ),
  },
  {
    weight: 4,
    arbitrary: named('wait', fc.tuple(fc.constantFrom(0, 100, 300)), async (c, ms) => c.clock.advance(ms)),
  },
  { weight: 1, arbitrary: named('withoutId', fc.tuple(), (c) => void (c.withoutId = true)) },
];

const forgets: fc.WeightedArbitrary<Step> = {
  weight: 1,
  arbitrary: named('forget', fc.tuple(index), (c, partition) => c.logs[partition].forgetProducers()),
};

const stepsOf = (kinds: readonly fc.WeightedArbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc.array(fc.oneof(...kinds), { minLength: 10, maxLength: 150, size: 'max' });

async function play(steps: readonly Step[], maxInFlight: number): Promise<ModelCluster> {
  const cluster = new ModelCluster(
    (context, { clock }) =>
      new IdempotentSequencer({ ...context, clock, logger: silentLogger, maxInFlight, mayGoWithout: false }),
    maxInFlight,
  );
  for (const step of steps) {
    await step(cluster);
    await Promise.resolve();
  }
  await cluster.heal();
  for (const partition of partitions) cluster.submit(partition, [1, 1], 120_000);
  await cluster.heal();
  for (const node of nodes)
    expect(cluster.submitted[node].slice(-2).map(statusOf)).toEqual(['delivered', 'delivered']);
  return cluster;
}

const statusOf = ({ outcome }: Delivery): string | undefined => outcome?.status;

const maxInFlights = fc.constantFrom(1, 2, 5, 9);

describe('an idempotent partition, whatever happens to its requests', () => {
  it('contains delivered records once and in order, and no failed ones', async () => {
    let mostAtOnce = 0;
    const property = fc.asyncProperty(stepsOf(common), maxInFlights, async (steps, maxInFlight) => {
      const cluster = await play(steps, maxInFlight);
      for (const check of ['at the end', 'once all late requests were read']) {
        for (const partition of partitions) {
          const log = cluster.logs[partition].deliveries;
          const is = (status: string) => (one: Delivery) => statusOf(one) === status;
          expect(cluster.logs[partition].outOfTurn, check).toBe(0);
          expect(log.filter(is('failed')), check).toEqual([]);
          expect(log.filter(is('delivered')), check).toEqual(
            cluster.submitted[partition].filter(is('delivered')),
          );
        }
        cluster.readLate();
      }
      mostAtOnce = Math.max(mostAtOnce, cluster.mostAtOnce);
    });
    await checkProperty(property, { runs: 1_000 });
    expect(mostAtOnce).toBe(5);
  });

  it('contains them, whatever brokers forget about its id', async () => {
    const property = fc.asyncProperty(
      stepsOf([...common, forgets]),
      maxInFlights,
      async (steps, maxInFlight) => {
        const cluster = await play(steps, maxInFlight);
        for (const partition of partitions) {
          const log = new Set(cluster.logs[partition].deliveries);
          for (const delivery of cluster.submitted[partition]) {
            if (statusOf(delivery) === 'delivered') expect(log).toContain(delivery);
            if (statusOf(delivery) === 'failed') expect(log).not.toContain(delivery);
          }
        }
      },
    );
    await checkProperty(property, { runs: 500 });
  });
});
