import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { checkProperty } from './check-property.js';

it('passes when every run does', async () => {
  vi.stubEnv('HOLDFAST_RUNS', undefined);
  let runs = 0;
  await checkProperty(
    fc.asyncProperty(fc.nat(), async () => void runs++),
    { runs: 20 },
  );
  expect(runs).toBe(20);
});

it('runs as often as HOLDFAST_RUNS says, from the seed that HOLDFAST_SEED says', async () => {
  vi.stubEnv('HOLDFAST_SEED', '5');
  const drawn = async (runs: string): Promise<number[]> => {
    vi.stubEnv('HOLDFAST_RUNS', runs);
    const numbers: number[] = [];
    await checkProperty(
      fc.property(fc.nat(), (n) => void numbers.push(n)),
      { runs: 20 },
    );
    return numbers;
  };
  expect(await drawn('3')).toHaveLength(3);
  expect(await drawn('2x')).toHaveLength(40);
  expect(await drawn('2x')).toEqual(await drawn('40'));
});

it('rejects with the seed, the shortest example and what failed', async () => {
  const property = fc.asyncProperty(fc.nat(), (n) => {
    expect(n).toBeLessThan(7);
    return Promise.resolve();
  });
  const checked = checkProperty(property, { seed: 42, runs: 200 });
  await expect(checked).rejects.toThrow(
    /^run \d+ of \d+ fails; HOLDFAST_SEED=42 repeats it\. The shortest failing example found:\n\[7\]\n.*less than 7/,
  );
});
