import { expect, it } from 'vitest';
import { runsFrom } from './runs.js';

it('leaves a test its own number when HOLDFAST_RUNS says nothing', () => {
  expect(runsFrom(60, {})).toBe(60);
  expect(runsFrom(60, { HOLDFAST_RUNS: '' })).toBe(60);
});

it('takes a whole number of HOLDFAST_RUNS in place of it, and multiplies it by a factor', () => {
  expect(runsFrom(60, { HOLDFAST_RUNS: '1' })).toBe(1);
  expect(runsFrom(60, { HOLDFAST_RUNS: '10000' })).toBe(10_000);
  expect(runsFrom(60, { HOLDFAST_RUNS: '1x' })).toBe(60);
  expect(runsFrom(60, { HOLDFAST_RUNS: '10x' })).toBe(600);
});

it.each(['0', '0x', '-5', '1.5', '2.5x', 'x', '10 x', '10X', 'many', '1e3', 'NaN', '9007199254740992'])(
  'refuses HOLDFAST_RUNS=%s, and says what to write',
  (given) => {
    expect(() => runsFrom(60, { HOLDFAST_RUNS: given })).toThrow(
      new RangeError(
        `HOLDFAST_RUNS must be a whole number from 1 such as 10000, or a factor such as 10x, not '${given}'`,
      ),
    );
  },
);

it('cuts in its message what is long', () => {
  expect(() => runsFrom(1, { HOLDFAST_RUNS: 'm'.repeat(1_000) })).toThrow(/^.{0,250}$/);
});
