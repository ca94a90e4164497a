import { describe, expect, it } from 'vitest';
import { median, medianOf, percentile } from './statistics.js';

describe('median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100, 8, 7], 9],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it('leaves its input unchanged', () => {
    const values = [2, 1];
    median(values);
    expect(values).toEqual([2, 1]);
  });

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('medianOf', () => {
  it('counts the values that exist', () => {
    const all = [{ at: 1 }, {}, { at: 3 }, { at: 2 }];
    expect(medianOf<{ at?: number }>(all, ({ at }) => at)).toBe(2);
    expect(medianOf([{}], () => undefined)).toBeUndefined();
  });
});

describe('percentile', () => {
  it.each([
    [50, 5],
    [99, 10],
    [90, 9],
    [0, 1],
    [100, 10],
  ])('%d of ten values is the one in that place', (percent, value) => {
    expect(percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent)).toBe(value);
  });

  it('of nothing is an error', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
  });
});
