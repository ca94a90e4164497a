import { isError } from '@holdfast/core/stage';
import { seedFrom } from './seed.js';
import { seedsFrom } from './seeds.js';

export interface CheckSeedsOptions {
  /** The first seed. Default: the one in `HOLDFAST_SEED`, else a new one. */
  readonly seed?: number;
  /** Number of seeds. Default 100. `HOLDFAST_RUNS` replaces or multiplies it (`10000`, `10x`). */
  readonly runs?: number;
}

/**
 * Calls `check` with one seed after the other, for a test that draws everything from its seed.
 * Rejects at the first seed that fails, with how to repeat it alone. Resolves with the number
 * tried.
 */
export async function checkSeeds(
  check: (seed: number) => Promise<void> | void,
  { seed: first = seedFrom(), runs: own = 100 }: CheckSeedsOptions = {},
): Promise<number> {
  let tried = 0;
  for (const { seed, repeat } of seedsFrom(first, own)) {
    try {
      await check(seed);
    } catch (cause) {
      const message = isError(cause) ? cause.message : String(cause);
      throw new Error(`${repeat} repeats this: ${message}`, { cause });
    }
    tried++;
  }
  return tried;
}
