import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';

/**
 * Runs a script of this repository with this Node.js, at the root. Shows its last line while it
 * runs; `output` says so when it did not end in time.
 *
 * @param {string[]} command the script, relative to the root, and its arguments
 * @param {{ name: string, timeoutMs: number, progress: import('../setup/progress.mjs').Progress }} options
 * @returns {Promise<import('../setup/exec.mjs').Finished>}
 */
export async function runScript([script = '', ...args], { name, timeoutMs, progress }) {
  const done = await exec(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    timeoutMs,
    onLine: (line) => progress.note(line),
  });
  if (!done.timedOut) return done;
  const why = `${name} did not end within ${timeoutMs / 1000} s`;
  return { ...done, output: `${done.output.trimEnd()}\n${why}\n` };
}
