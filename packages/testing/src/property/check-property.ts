import { isError } from '@holdfast/core/stage';
import fc from 'fast-check';
import { runsFrom } from './runs.js';
import { seedFrom, seedVariable } from './seed.js';

export interface CheckPropertyOptions {
  /** Default: the seed in `HOLDFAST_SEED`, else a new one. */
  readonly seed?: number;
  /** Default 100. `HOLDFAST_RUNS` replaces or multiplies it (`10000`, `10x`). */
  readonly runs?: number;
  /**
   * Real ms after which the search for a failing example, or for a shorter one, stops. Default
   * 600,000; grows with `HOLDFAST_RUNS`.
   */
  readonly timeLimitMs?: number;
}

/**
 * Checks a property of fast-check, synchronous or not. Rejects with the shortest failing example
 * found and the seed that repeats it.
 */
export async function checkProperty<Values>(
  property: fc.IRawProperty<Values>,
  { seed = seedFrom(), runs: own = 100, timeLimitMs = 600_000 }: CheckPropertyOptions = {},
): Promise<void> {
  const runs = runsFrom(own);
  const interruptAfterTimeLimit = timeLimitMs * Math.max(1, runs / own);
  // eslint-disable-next-line no-restricted-syntax -- the only place that calls fast-check itself
  const details = await fc.check(property, { seed, numRuns: runs, interruptAfterTimeLimit });
  if (!details.failed) return;
  const { numRuns, counterexample, errorInstance: cause } = details;
  const message = isError(cause) ? cause.message : String(cause);
  throw new Error(
    `run ${numRuns} of ${runs} fails; ${seedVariable}=${seed} repeats it. The shortest failing example found:\n${fc.stringify(counterexample)}\n${message}`,
    { cause },
  );
}
