import { result } from '../check.mjs';
import { runScript } from '../run-script.mjs';

/**
 * Returns the counts in a program's last line.
 *
 * @param {{ code: number, output: string }} finished
 */
export function countedBy({ code, output }) {
  const [, passed, failed] =
    /^(\d+) passed, (\d+) failed$/.exec(output.trimEnd().split('\n').at(-1) ?? '') ?? [];
  if (passed === undefined || failed === undefined || (code !== 0) !== (failed !== '0')) {
    const why = `it ended with code ${code}, which does not fit its last line\n`;
    return result({ failed: 1, output: `${output.trimEnd()}\n${why}` });
  }
  const counted = result({ passed: Number(passed), failed: Number(failed) });
  return counted.failed > 0 ? { ...counted, output } : counted;
}

/**
 * A check that runs a program whose last line is `N passed, N failed`.
 *
 * @param {string} name
 * @param {string} does
 * @param {string[]} command a script relative to the root, run by this Node.js, and its arguments
 * @param {number} timeoutMs
 * @returns {import('../check.mjs').Check}
 */
export const countedProgram = (name, does, command, timeoutMs) => ({
  name,
  does,
  async run(progress) {
    const done = await runScript(command, { name, timeoutMs, progress });
    return done.timedOut ? result({ failed: 1, output: done.output }) : countedBy(done);
  },
});
