import { isError } from '@holdfast/core/stage';
import { strayRejection, watchingRejections } from './stray-rejections.js';

/** One property of the contract; resolves with what is wrong, in plain words. */
export interface ConformanceCase {
  readonly title: string;
  readonly run: () => Promise<readonly string[]>;
  /** Why it cannot be tried; then `run` finds nothing. */
  readonly notTried?: string;
}

/** The same, but a case that fails in an unforeseen way says which it was, and a rejection that is left to nobody counts. */
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
