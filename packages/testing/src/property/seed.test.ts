import { expect, it } from 'vitest';
import { seededRandom, seedFrom } from './seed.js';

it('gives the same numbers for the same seed, and others for another', () => {
  const draw = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

it('is spread evenly over [0, 1)', () => {
  const random = seededRandom(42);
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const tenth = Math.floor(random() * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(tenths).toHaveLength(10);
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});

it('takes the seed from HOLDFAST_SEED, and refuses what is none', () => {
  expect(seedFrom({ HOLDFAST_SEED: '77' })).toBe(77);
  expect(seedFrom({})).toBeGreaterThanOrEqual(0);
  expect(() => seedFrom({ HOLDFAST_SEED: 'abc' })).toThrow(
    "HOLDFAST_SEED must be a whole number such as 12345, not 'abc'",
  );
});
