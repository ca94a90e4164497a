import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';
import { result } from './check.mjs';

/**
 * A check that is one program: passed when it ends with code 0.
 *
 * @param {string} name
 * @param {string} does
 * @param {string} script relative to the root, run by this Node.js
 * @param {string[]} args
 * @param {number} [timeoutMs] 5 minutes unless given
 * @returns {import('./check.mjs').Check}
 */
export const programCheck = (name, does, script, args, timeoutMs = 5 * 60_000) => ({
  name,
  does,
  async run(progress) {
    const { code, output, timedOut } = await exec(process.execPath, [path.join(root, script), ...args], {
      cwd: root,
      timeoutMs,
      onLine: (line) => progress.note(line),
    });
    if (code === 0) return result({ passed: 1 });
    const why = timedOut ? `${name} did not end within ${timeoutMs / 1000} s\n` : '';
    return result({ failed: 1, output: output + why });
  },
});
