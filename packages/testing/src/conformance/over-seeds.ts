import { seedFrom } from '../seed.js';
import { seedsFrom } from '../seeds.js';

/**
 * Draws a case from one seed after the other, `own` of them unless `HOLDFAST_RUNS` says otherwise. Resolves with the problems
 * of the first that has any, and with how to repeat it.
 */
export async function overSeeds(
  problemsOf: (seed: number) => Promise<readonly string[]>,
  own: number,
  first = seedFrom(),
): Promise<readonly string[]> {
  for (const { seed, repeat } of seedsFrom(first, own)) {
    const problems = await problemsOf(seed);
    if (problems.length > 0) return problems.map((one) => `${one}; ${repeat} repeats it`);
  }
  return [];
}
