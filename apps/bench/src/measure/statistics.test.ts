import { describe, expect, it } from 'vitest';
import { median, medianOf } from './statistics.js';

describe('median', () => {
  it.each([
    [[3], 3],
    [[5, 1, 3], 3],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100, 8, 7], 9],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it('leaves what it was given as it was', () => {
    const values = [2, 1];
    median(values);
    expect(values).toEqual([2, 1]);
  });

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('medianOf', () => {
  it('counts what is there', () => {
    const all = [{ at: 1 }, {}, { at: 3 }, { at: 2 }];
    expect(medianOf<{ at?: number }>(all, ({ at }) => at)).toBe(2);
    expect(medianOf([{}], () => undefined)).toBeUndefined();
  });
});
