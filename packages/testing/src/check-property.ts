import { isError } from '@holdfast/core';
import fc from 'fast-check';
import { seedFrom, seedVariable } from './seed.js';

export interface CheckPropertyOptions {
  /** Default: that of `HOLDFAST_SEED`, else a new one. */
  readonly seed?: number;
  /** Unless `HOLDFAST_RUNS` says another number. */
  readonly runs: number;
  /** When to stop looking for a shorter example that fails, or for one that fails at all, in real ms. Default 600,000. */
  readonly timeLimitMs?: number;
}

/** The variable that says how often: `HOLDFAST_RUNS=10000 npx vitest run …`. */
const runsVariable = 'HOLDFAST_RUNS';

/** Checks a property of fast-check. Rejects with the shortest example found that fails, and with the seed that repeats it. */
export async function checkProperty<Values>(
  property: fc.IAsyncProperty<Values>,
  { seed = seedFrom(), timeLimitMs = 600_000, ...options }: CheckPropertyOptions,
): Promise<void> {
  const runs = Number(process.env[runsVariable] ?? options.runs);
  const details = await fc.check(property, { seed, numRuns: runs, interruptAfterTimeLimit: timeLimitMs });
  if (!details.failed) return;
  const { numRuns, counterexample, errorInstance: cause } = details;
  const said = isError(cause) ? cause.message : String(cause);
  throw new Error(
    `run ${numRuns} of ${runs} fails; ${seedVariable}=${seed} repeats it. The shortest one found:\n${fc.stringify(counterexample)}\n${said}`,
    { cause },
  );
}
