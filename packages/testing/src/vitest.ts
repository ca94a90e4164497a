import { describe, it } from 'vitest';
import { middlewareCases } from './middleware/check-middleware.js';
import type { ConformanceCase, MiddlewareSubject } from './middleware/subject.js';

/** One case may run many generated schedules. */
const timeoutMs = 120_000;

/** Defines the suite for a middleware, one test a property of the contract. Call it at the top of a test file. */
export function middlewareConformance(subject: MiddlewareSubject): void {
  suite(`${subject.name}: conformance of a middleware`, middlewareCases(subject));
}

function suite(title: string, cases: readonly ConformanceCase[]): void {
  describe(title, () => {
    for (const { title, run } of cases) {
      it(
        title,
        async () => {
          const problems = await run();
          if (problems.length > 0) throw new Error(problems.join('\n'));
        },
        timeoutMs,
      );
    }
  });
}
