/**
 * One part of `npm test`.
 *
 * @typedef {object} Check
 * @property {string} name what `--only` and `--skip` call it
 * @property {string} does a heading
 * @property {(progress: import('../setup/progress.mjs').Progress) => Promise<Result>} run
 *
 * @typedef {object} Result
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} output what a person needs to see of it: all of it when something failed
 */

/** @param {Partial<Result>} result @returns {Result} */
export const result = (result) => ({ passed: 0, failed: 0, skipped: 0, output: '', ...result });

/** @param {Result} result */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

/** @param {Result[]} results */
export const sum = (results) =>
  results.reduce(
    (all, one) =>
      result({
        passed: all.passed + one.passed,
        failed: all.failed + one.failed,
        skipped: all.skipped + one.skipped,
      }),
    result({}),
  );
