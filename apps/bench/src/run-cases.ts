import type { BenchCase } from './cases/bench-case.js';
import type { Clusters, Target } from './clusters.js';
import type { Result } from './measure/result.js';
import { forkCase } from './process/fork-case.js';

export interface RunOptions {
  readonly pairs: number;
  readonly records: number | undefined;
  readonly quick: boolean;
  readonly log: (line: string) => void;
  readonly onResult: (result: Result) => void;
}

const nowhere: Target = { brokers: [], topic: 'nowhere' };

/** Runs the cases one after the other. One that cannot be measured does not stop the others. */
export async function runCases(
  cases: readonly BenchCase[],
  clusters: Clusters,
  options: RunOptions,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [index, one] of cases.entries()) {
    options.log(`[${index + 1}/${cases.length}] ${one.name}`);
    const result = await runCase(one, clusters, options);
    results.push(result);
    options.onResult(result);
  }
  return results;
}

async function runCase(one: BenchCase, clusters: Clusters, options: RunOptions): Promise<Result> {
  const { pairs, records, quick, log } = options;
  let target: Target;
  try {
    target = one.needs === undefined ? nowhere : await clusters.target(one.needs);
  } catch (error) {
    return { name: one.name, problem: error instanceof Error ? error.message : String(error) };
  }
  return forkCase({ name: one.name, pairs, records, quick, ...target }, log);
}
