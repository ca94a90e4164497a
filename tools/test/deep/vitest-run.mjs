import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../../setup/exec.mjs';
import { cache, root } from '../../setup/places.mjs';
import { count, readReport } from '../vitest-report.mjs';

/**
 * @typedef {object} Run
 * @property {string} config
 * @property {string[]} [args] such as files: all of the config's unless given
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} timeoutMs
 * @property {string} [node] the program: this Node.js unless given
 * @property {string} [cwd] the root unless given
 */

/**
 * Runs vitest, and counts each of its tests; `said` is all of its output.
 *
 * @param {string} name of its report in `.cache`
 * @param {Run} run
 * @param {import('../../setup/progress.mjs').Progress} progress
 */
export async function runVitest(name, run, progress) {
  const { config, args: more = [], env = {}, timeoutMs, node = process.execPath, cwd = root } = run;
  const report = path.join(cache, `deep-${name}.json`);
  fs.rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', config, '--allowOnly=false', ...reporters, ...more];
  const onLine = (/** @type {string} */ line) => progress.note(line);
  const { code, output, timedOut } = await exec(node, args, { cwd, env, timeoutMs, onLine });
  const late = timedOut ? `\n${name} did not end within ${timeoutMs / 60_000} minutes\n` : '';
  const skipsFail = process.env['CI'] === 'true';
  const counted = count({ report: readReport(report), code, output: output + late, skipsFail });
  return { counted, said: output };
}

/**
 * @param {string} name
 * @param {string} does
 * @param {Run} run
 * @returns {import('../check.mjs').Check}
 */
export const vitestPart = (name, does, run) => ({
  name,
  does,
  run: async (progress) => (await runVitest(name, run, progress)).counted,
});
