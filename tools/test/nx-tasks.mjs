import fs from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { resultsVariable } from '../nx/plugin.mjs';
import { runTargets } from '../setup/nx.mjs';
import { cache } from '../setup/places.mjs';

/** @typedef {import('../nx/plugin.mjs').TaskResult} TaskResult */

/** The line in Nx's static output that reports the end of a task. */
const ended = /^> nx run (\S+)/;

/**
 * Runs targets, and returns the result of each task. One that fails stops only those that depend on
 * it.
 *
 * @param {string} name of this run, for the file that Nx's plugin leaves its results in
 * @param {string[]} targets
 * @param {object} options
 * @param {number} options.parallel how many tasks run side by side
 * @param {number} options.timeoutMs
 * @param {(task: string) => void} options.onTask hears `project:target` as each task ends
 * @returns {Promise<{ tasks: TaskResult[], output: string }>} no task when Nx itself broke off: `output` says why
 */
export async function runTasks(name, targets, { parallel, timeoutMs, onTask }) {
  const file = path.join(cache, `tasks-${name}.json`);
  fs.rmSync(file, { force: true });
  const { output, timedOut } = await runTargets(targets, {
    flags: [`--parallel=${parallel}`, '--nx-bail=false'],
    env: { [resultsVariable]: file },
    timeoutMs,
    onLine: (line) => {
      const task = ended.exec(stripVTControlCharacters(line))?.[1];
      if (task !== undefined) onTask(task);
    },
  });
  if (timedOut)
    return { tasks: [], output: `${output}\nit did not end within ${timeoutMs / 60_000} minutes\n` };
  if (!fs.existsSync(file)) return { tasks: [], output };
  return { tasks: JSON.parse(fs.readFileSync(file, 'utf8')), output };
}
