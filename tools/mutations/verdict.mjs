import path from 'node:path';
import { tail } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';

/**
 * A run of vitest that is over.
 *
 * @typedef {object} Run
 * @property {number} code
 * @property {string} output
 * @property {boolean} timedOut
 * @property {import('../test/vitest-report.mjs').Report | undefined} report undefined when there is none that can be read
 * @property {import('./tiers.mjs').Step} step what was run
 */

/**
 * No test failed, one did, or nothing can be said, as tests could not be loaded.
 *
 * @typedef {{ is: 'quiet' } | { is: 'noticed', file: string, test: string } | { is: 'broken', why: string }} Verdict
 */

/** @param {Run} run @returns {Verdict} */
export function verdictOf({ report, code, output, timedOut, step }) {
  if (timedOut) return { is: 'noticed', file: step.include.join(', '), test: 'which never ends' };
  if (report === undefined) return { is: 'broken', why: tail(output) };
  const [failure] = failuresOf(report);
  if (failure !== undefined) return { is: 'noticed', ...failure };
  const unloaded = report.testResults.find(({ status }) => status === 'failed');
  if (unloaded !== undefined) return { is: 'broken', why: `${unloaded.name}: ${unloaded.message}` };
  if (code === 0) return { is: 'quiet' };
  const ran = report.testResults.find(({ assertionResults }) => assertionResults.length > 0);
  if (ran === undefined) return { is: 'broken', why: tail(output) };
  return { is: 'noticed', file: fromRoot(ran.name), test: 'an error outside of any test' };
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
