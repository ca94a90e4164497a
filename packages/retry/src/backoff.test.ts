import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoff } from './backoff.js';

const options = { initialDelayMs: 100, maxDelayMs: 1_000, multiplier: 2 };

describe('backoff', () => {
  it('doubles up to the longest delay without jitter', () => {
    const delays = [1, 2, 3, 4, 5, 6, 400].map((attempts) =>
      backoff({ ...options, jitter: 'none' }, attempts, 100, () => 0.5),
    );
    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });

  it('stays 0 when it starts at 0', () => {
    expect(backoff({ ...options, initialDelayMs: 0, jitter: 'full' }, 5_000, 0, () => 0.5)).toBe(0);
  });

  it('spreads full jitter from 0 to that delay', () => {
    const at = (chance: number): number => backoff({ ...options, jitter: 'full' }, 3, 100, () => chance);
    expect([at(0), at(0.5), at(0.999)]).toEqual([0, 200, 399.6]);
  });

  it('keeps decorrelated jitter between the first delay and three times the previous or the longest', async () => {
    const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 });
    const property = fc.property(draws, (chances) => {
      let previous = options.initialDelayMs;
      for (const [i, chance] of chances.entries()) {
        const delay = backoff({ ...options, jitter: 'decorrelated' }, i + 1, previous, () => chance);
        expect(delay).toBeGreaterThanOrEqual(options.initialDelayMs);
        expect(delay).toBeLessThanOrEqual(Math.min(options.maxDelayMs, previous * 3));
        previous = delay;
      }
    });
    await checkProperty(property);
  });
});
