import { seconds } from '../setup/progress.mjs';
import { result, sum, summary } from './check.mjs';
import { runTasks } from './nx-tasks.mjs';
import { whyNoRealKafka } from '../setup/real-kafka.mjs';
import { countTask } from './task-results.mjs';

/** @typedef {import('../setup/progress.mjs').Progress} Progress */
/** @typedef {import('../nx/plugin.mjs').TaskResult} TaskResult */

const onKafka = 'integration';
const timeoutMs = 30 * 60_000;

/**
 * Counts the tasks of one target, and prints a line about them.
 *
 * @param {string} target
 * @param {TaskResult[]} tasks
 * @param {boolean} skipsFail
 * @param {Progress} progress
 */
function countTarget(target, tasks, skipsFail, progress) {
  const counted = tasks.map((task) => ({ task, done: countTask(task, skipsFail) }));
  const all = sum(counted.map(({ done }) => done));
  const cached = tasks.filter((task) => task.cached).length;
  const took = seconds(tasks.reduce((ms, task) => ms + (task.cached ? 0 : task.ms), 0));
  const from = cached > 0 ? `, ${cached} of ${tasks.length} projects from the cache` : '';
  progress.say(`${all.failed ? '✗' : '✓'} ${target}: ${summary(all)} (${took}${from})`);
  const output = counted
    .filter(({ done }) => done.output)
    .map(({ task, done }) => `--- ${task.project} ${target}\n${done.output.trimEnd()}\n`);
  return { ...all, output: output.join('\n') };
}

/**
 * @param {string} name
 * @param {string[]} targets
 * @param {{ parallel: number, skipsFail: boolean, progress: Progress }} options
 */
async function lane(name, targets, { parallel, skipsFail, progress }) {
  if (targets.length === 0) return [];
  let ended = 0;
  const onTask = (/** @type {string} */ task) => progress.note(`${++ended} ended, the last ${task}`);
  const { tasks, output } = await runTasks(name, targets, { parallel, timeoutMs, onTask });
  const counted = targets.map((target) => {
    const its = tasks.filter((task) => task.target === target);
    if (its.length > 0) return countTarget(target, its, skipsFail, progress);
    return result({ failed: 1, output: `${target} was not run:\n${output}` });
  });
  // A dependency of the targets, such as a build.
  const broken = tasks.filter(({ target, ok }) => !ok && !targets.includes(target));
  return [...counted, ...broken.map((task) => countTarget(task.target, [task], skipsFail, progress))];
}

/** Tests on a real Kafka need one: without it they are skipped, and fail on CI. */
async function withoutKafka(/** @type {boolean} */ ci) {
  const why = await whyNoRealKafka();
  if (why === undefined) return undefined;
  if (ci) return result({ failed: 1, output: `${why}; with CI=true that is a failure` });
  return result({ skipped: 1, output: `${onKafka}: skipped: ${why}` });
}

/**
 * Targets of Nx, run concurrently: those that need the processor two at a time, and beside them the
 * tests on a real Kafka, which mostly wait, one at a time: their brokers are heavy, and are killed
 * on purpose.
 *
 * @param {string[]} targets
 * @param {boolean} ci
 * @returns {import('./check.mjs').Check}
 */
export const tasksCheck = (targets, ci) => ({
  name: 'tasks',
  does: targets.join(', '),
  async run(progress) {
    const skipped = targets.includes(onKafka) ? await withoutKafka(ci) : undefined;
    const waiting = skipped ? [] : targets.filter((target) => target === onKafka);
    const working = targets.filter((target) => target !== onKafka);
    const lanes = await Promise.all([
      lane(onKafka, waiting, { parallel: 1, skipsFail: ci, progress }),
      lane('others', working, { parallel: 2, skipsFail: false, progress }),
    ]);
    const results = [...lanes.flat(), ...(skipped ? [skipped] : [])];
    const output = results.map((one) => one.output).filter(Boolean);
    return { ...sum(results), output: output.join('\n') };
  },
});
