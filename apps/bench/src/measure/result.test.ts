import { describe, expect, it } from 'vitest';
import { oursAtMost, ratioAtLeast, ratioAtMost, ratioWithin, type Goal } from './goal.js';
import type { Pair } from './pairs.js';
import { summarize } from './result.js';

const pair = (ours: number, raw: number): Pair => ({
  ours: { value: ours, timing: { wallNs: 10, cpuNs: ours } },
  raw: { value: raw },
});
const facts = (goal: Goal | undefined) => ({ name: 'some/case', unit: 'records/s' as const, goal });

describe('summarize', () => {
  it('takes the median of the ratios of the pairs, not the ratio of the medians', () => {
    const result = summarize(facts(undefined), [pair(100, 100), pair(90, 100), pair(300, 1_000)], {});
    expect(result).toMatchObject({ ratio: 0.9, ratioMin: 0.3, ratioMax: 1, ours: 100, raw: 100, pairs: 3 });
    expect(result).toMatchObject({ oursCpuNs: 100, rawCpuNs: undefined, pass: undefined });
  });

  it.each([
    [ratioAtLeast(0.9), true],
    [ratioAtLeast(0.91), false],
    [ratioAtMost(0.9), true],
    [ratioAtMost(0.89), false],
    [oursAtMost(90), true],
    [oursAtMost(89), false],
    [ratioWithin(1.2), true],
    [ratioWithin(1.1), false],
  ])('%j: %s', (goal, pass) => {
    expect(summarize(facts(goal), [pair(90, 100)], {}).pass).toBe(pass);
  });
});
