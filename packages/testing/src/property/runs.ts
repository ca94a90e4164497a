import { cutName } from '@holdfast/core/internal';

/**
 * The variable that sets the number of runs: `HOLDFAST_RUNS=10000 npx vitest run …`, or
 * `HOLDFAST_RUNS=10x`.
 */
export const runsVariable = 'HOLDFAST_RUNS';

/**
 * Returns how often a property test runs: `own`, unless `HOLDFAST_RUNS` is set. A whole number
 * replaces `own`, a factor such as `10x` multiplies it. Throws a RangeError for any other value.
 */
export function runsFrom(
  own: number,
  env: { readonly [name: string]: string | undefined } = process.env,
): number {
  const given = env[runsVariable];
  if (given === undefined || given === '') return own;
  const [, digits, factor] = /^(\d+)(x?)$/.exec(given) ?? [];
  const count = Number(digits);
  const runs = factor === 'x' ? own * count : count;
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new RangeError(
      `${runsVariable} must be a whole number from 1 such as 10000, or a factor such as 10x, not '${cutName(given)}'`,
    );
  }
  return runs;
}
