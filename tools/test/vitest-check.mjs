import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { cache, root } from '../setup/places.mjs';
import { count } from './vitest-report.mjs';

/** @param {string} file @returns {import('./vitest-report.mjs').Report | undefined} */
function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A run of vitest, each of its tests counted.
 *
 * @param {string} name
 * @param {string} does
 * @param {object} options
 * @param {string} options.config
 * @param {number} options.timeoutMs
 * @param {boolean} [options.skipsFail]
 * @returns {import('./check.mjs').Check}
 */
export const vitestCheck = (name, does, { config, timeoutMs, skipsFail = false }) => ({
  name,
  does,
  async run(progress) {
    const file = path.join(cache, `vitest-${name}.json`);
    fs.rmSync(file, { force: true });
    const args = [
      ...['run', '--config', config, '--allowOnly=false'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    ];
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const { code, output, timedOut } = await exec(process.execPath, [vitest, ...args], {
      cwd: root,
      timeoutMs,
      onLine: (line) => progress.note(line),
    });
    const said = timedOut ? `${output}\n${name} did not end within ${timeoutMs / 60_000} minutes\n` : output;
    return count({ report: read(file), code, output: said, skipsFail });
  },
});
