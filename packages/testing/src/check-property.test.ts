import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkProperty } from './check-property.js';

it('passes when every run does', async () => {
  let runs = 0;
  await checkProperty(
    fc.asyncProperty(fc.nat(), async () => void runs++),
    { runs: 20 },
  );
  expect(runs).toBeGreaterThanOrEqual(20);
});

it('rejects with the seed, the shortest example and what failed', async () => {
  const property = fc.asyncProperty(fc.nat(), (n) => {
    expect(n).toBeLessThan(7);
    return Promise.resolve();
  });
  const checked = checkProperty(property, { seed: 42, runs: 200 });
  await expect(checked).rejects.toThrow(
    /^run \d+ of \d+ fails; HOLDFAST_SEED=42 repeats it\. The shortest one found:\n\[7\]\n.*less than 7/,
  );
});
