import path from 'node:path';
import { tail } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';

/**
 * A finished run of vitest.
 *
 * @typedef {object} Run
 * @property {number} code
 * @property {string} output
 * @property {boolean} timedOut
 * @property {import('../test/vitest-report.mjs').Report | undefined} report undefined when there is none that can be read
 * @property {import('./tiers.mjs').Step} step what was run
 */

/**
 * No test failed, one did, or there is no result because tests could not be loaded.
 *
 * @typedef {{ is: 'survived' } | { is: 'killed', file: string, test: string } | { is: 'invalid', why: string }} MutantStatus
 */

/** @param {Run} run @returns {MutantStatus} */
export function statusOf({ report, code, output, timedOut, step }) {
  if (timedOut) return { is: 'killed', file: step.include.join(', '), test: 'which never ends' };
  if (report === undefined) return { is: 'invalid', why: tail(output) };
  const [failure] = failuresOf(report);
  if (failure !== undefined) return { is: 'killed', ...failure };
  const unloaded = report.testResults.find(({ status }) => status === 'failed');
  if (unloaded !== undefined) return { is: 'invalid', why: `${unloaded.name}: ${unloaded.message}` };
  if (code === 0) return { is: 'survived' };
  const ran = report.testResults.find(({ assertionResults }) => assertionResults.length > 0);
  if (ran === undefined) return { is: 'invalid', why: tail(output) };
  return { is: 'killed', file: fromRoot(ran.name), test: 'an error outside of any test' };
}

/**
 * @param {import('../test/vitest-report.mjs').Report} report
 * @returns {{ file: string, test: string }[]}
 */
export const failuresOf = ({ testResults }) =>
  testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => ({ file: fromRoot(name), test: fullName.trim() })),
  );

/** @param {string} file */
const fromRoot = (file) => path.relative(root, file);
