import { isError } from '@holdfast/core/stage';
import fc from 'fast-check';
import { runsFrom } from './runs.js';
import { seedFrom, seedVariable } from './seed.js';

export interface CheckPropertyOptions {
  /** Default: that of `HOLDFAST_SEED`, else a new one. */
  readonly seed?: number;
  /** Default 100. `HOLDFAST_RUNS` replaces or multiplies it (`10000`, `10x`). */
  readonly runs?: number;
  /**
   * When to stop looking for a shorter example that fails, or for one that fails at all, in real ms. Default 600,000. Grows
   * with `HOLDFAST_RUNS`.
   */
  readonly timeLimitMs?: number;
}

/**
 * Checks a property of fast-check, synchronous or not. Rejects with the shortest example found that fails, and with the seed
 * that repeats it.
 */
export async function checkProperty<Values>(
  property: fc.IRawProperty<Values>,
  { seed = seedFrom(), runs: own = 100, timeLimitMs = 600_000 }: CheckPropertyOptions = {},
): Promise<void> {
  const runs = runsFrom(own);
  const interruptAfterTimeLimit = timeLimitMs * Math.max(1, runs / own);
  // eslint-disable-next-line no-restricted-syntax -- this is the one place that reads the dial
  const details = await fc.check(property, { seed, numRuns: runs, interruptAfterTimeLimit });
  if (!details.failed) return;
  const { numRuns, counterexample, errorInstance: cause } = details;
  const said = isError(cause) ? cause.message : String(cause);
  throw new Error(
    `run ${numRuns} of ${runs} fails; ${seedVariable}=${seed} repeats it. The shortest one found:\n${fc.stringify(counterexample)}\n${said}`,
    { cause },
  );
}
