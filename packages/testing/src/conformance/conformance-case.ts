import { isError } from '@holdfast/core/stage';
import { strayRejection, watchingRejections } from './stray-rejections.js';

/** Checks one property of the contract; `run` resolves with the problems found. */
export interface ConformanceCase {
  readonly title: string;
  readonly run: () => Promise<readonly string[]>;
  /** Why the case does not apply; then `run` finds nothing. */
  readonly notTried?: string;
}

/** Wraps a case so that an unexpected error names it, and an unhandled rejection is a problem. */
export const guarded = (name: string, one: ConformanceCase): ConformanceCase => ({
  ...one,
  run: async () => {
    const stray = new Set<string>();
    const problems = await watchingRejections(
      () =>
        one.run().catch((error: unknown) => [`'${name}' ended the case "${one.title}": ${messageOf(error)}`]),
      (reason) => stray.add(strayRejection(name, reason)),
    );
    return [...stray, ...problems];
  },
});

const messageOf = (error: unknown): string => (isError(error) ? error.message : String(error));
