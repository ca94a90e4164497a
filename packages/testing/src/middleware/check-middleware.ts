import { guarded, type ConformanceCase } from '../conformance/conformance-case.js';
import { generatedCase } from './case-generated.js';
import { diskCases } from './cases-disk.js';
import { lifeCycleCases } from './cases-life-cycle.js';
import { orderCases } from './cases-order.js';
import { roomCases } from './cases-room.js';
import { settlingCases } from './cases-settling.js';
import { shapeCases } from './cases-shape.js';
import { surroundingsCases } from './cases-surroundings.js';
import type { MiddlewareSubject } from './subject.js';

/**
 * Returns all cases of the suite, for any test runner; for vitest see `@holdfast/testing/vitest`.
 */
export function middlewareCases(subject: MiddlewareSubject): ConformanceCase[] {
  return [...drivenCases(subject), generatedCase(subject)].map((one) => guarded(subject.name, one));
}

/**
 * Runs all cases and resolves with the problems found. The generated schedules come last, and only
 * if there are no problems before.
 */
export async function checkMiddleware(subject: MiddlewareSubject): Promise<string[]> {
  const problems = new Set<string>();
  for (const one of drivenCases(subject)) {
    for (const problem of await guarded(subject.name, one).run()) problems.add(problem);
  }
  return problems.size > 0 ? [...problems] : [...(await guarded(subject.name, generatedCase(subject)).run())];
}

const drivenCases = (subject: MiddlewareSubject): ConformanceCase[] => [
  ...shapeCases(subject),
  ...settlingCases(subject),
  ...orderCases(subject),
  ...lifeCycleCases(subject),
  ...roomCases(subject),
  ...surroundingsCases(subject),
  ...diskCases(subject),
];
