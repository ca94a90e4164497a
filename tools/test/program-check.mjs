import { result } from './check.mjs';
import { runScript } from './run-script.mjs';

/**
 * A check that runs one program, and passes when it ends with code 0.
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
    const { code, output } = await runScript([script, ...args], { name, timeoutMs, progress });
    return code === 0 ? result({ passed: 1 }) : result({ failed: 1, output });
  },
});
