import { expect, it, vi } from 'vitest';
import { checkSeeds } from './check-seeds.js';

it('tries one seed after the other, from the first on, and says how many', async () => {
  vi.stubEnv('HOLDFAST_RUNS', undefined);
  const tried: number[] = [];
  expect(await checkSeeds((seed) => void tried.push(seed), { seed: 7, runs: 3 })).toBe(3);
  expect(tried).toEqual([7, 8, 9]);
});

it('takes both from the environment', async () => {
  vi.stubEnv('HOLDFAST_RUNS', '2x');
  vi.stubEnv('HOLDFAST_SEED', '40');
  const tried: number[] = [];
  await checkSeeds((seed) => void tried.push(seed), { runs: 2 });
  expect(tried).toEqual([40, 41, 42, 43]);
});

it('stops at the first seed that fails, and says how to repeat that one alone', async () => {
  vi.stubEnv('HOLDFAST_RUNS', undefined);
  const tried: number[] = [];
  const checked = checkSeeds(
    async (seed) => {
      tried.push(seed);
      expect(seed).toBeLessThan(12);
    },
    { seed: 10, runs: 100 },
  );
  await expect(checked).rejects.toThrow(/^HOLDFAST_SEED=12 HOLDFAST_RUNS=1 repeats this: .*less than 12/);
  expect(tried).toEqual([10, 11, 12]);
});
