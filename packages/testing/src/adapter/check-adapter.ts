import { guarded, type ConformanceCase } from '../conformance/conformance-case.js';
import type { AdapterSubject } from './adapter-subject.js';
import { deliveryCases } from './cases-delivery.js';
import { adapterLifeCycleCases } from './cases-life-cycle.js';
import { troubleCases } from './cases-trouble.js';

/** Every case of the suite, for a test runner of your own; for vitest see `@holdfast/testing/vitest`. */
export function adapterConformanceCases(subject: AdapterSubject): ConformanceCase[] {
  return [...adapterLifeCycleCases(subject), ...deliveryCases(subject), ...troubleCases(subject)].map((one) =>
    guarded(subject.name, one),
  );
}

/** Runs all cases; resolves with everything that is wrong, in plain words, or with nothing. */
export async function checkAdapter(subject: AdapterSubject): Promise<string[]> {
  const problems = new Set<string>();
  for (const { run } of adapterConformanceCases(subject))
    for (const problem of await run()) problems.add(problem);
  return [...problems];
}
