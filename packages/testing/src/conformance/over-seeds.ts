import { seedFrom } from '../property/seed.js';
import { seedsFrom } from '../property/seeds.js';

/**
 * Runs a case with one seed after the other, `own` of them unless `HOLDFAST_RUNS` changes that.
 * Resolves with the problems of the first seed that has any, and how to repeat it.
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
