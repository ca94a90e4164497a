import { runsFrom, runsVariable } from '../runs.js';
import { seedFrom, seedVariable } from '../seed.js';

/**
 * Draws a case from one seed after the other, `own` of them unless `HOLDFAST_RUNS` says otherwise. Resolves with the problems
 * of the first that has any, and with how to repeat it.
 */
export async function overSeeds(
  problemsOf: (seed: number) => Promise<readonly string[]>,
  own: number,
  first = seedFrom(),
): Promise<readonly string[]> {
  const runs = runsFrom(own);
  for (let seed = first; seed < first + runs; seed++) {
    const problems = await problemsOf(seed);
    if (problems.length === 0) continue;
    return problems.map((one) => `${one}; ${seedVariable}=${seed} ${runsVariable}=1 repeats it`);
  }
  return [];
}
