import { expect, it } from 'vitest';
import { result, sum, summary } from './check.mjs';

it('names skipped tests only when there are any', () => {
  expect(summary(result({ passed: 3, failed: 1 }))).toBe('3 passed, 1 failed');
  expect(summary(result({ passed: 3, skipped: 2 }))).toBe('3 passed, 0 failed, 2 skipped');
});

it('sums', () => {
  const all = [result({ passed: 1 }), result({ passed: 2, failed: 3, skipped: 4, output: 'said' })];
  expect(sum(all)).toEqual({ passed: 3, failed: 3, skipped: 4, output: '' });
});
