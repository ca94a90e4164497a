/**
 * What Nx's own plugins do not provide in this repository: the target `integration` of a project
 * with tests on a real Kafka, and a list of the task results of a run, for `npm test` to count.
 */
import fs from 'node:fs';

/** The file for the results of a run, `undefined` when they are not wanted. */
export const resultsVariable = 'HOLDFAST_TASK_RESULTS';

/**
 * @param {string} root of a project, relative to the workspace
 * @returns {import('@nx/devkit').TargetConfiguration}
 */
const integration = (root) => ({
  command: `vitest run --config vitest.integration.config.ts ${root}/`,
  options: {
    args: `--allowOnly=false --reporter=default --reporter=json --outputFile.json=${root}/test-results/integration.json`,
  },
  metadata: { technologies: ['vitest'], description: 'Runs the tests on a real Kafka' },
});

/** @type {import('@nx/devkit').CreateNodes} */
export const createNodes = [
  '{packages,apps,tools}/**/*.int.test.ts',
  (files) => {
    const byRoot = new Map(files.map((file) => [file.split('/').slice(0, 2).join('/'), file]));
    return [...byRoot].map(([root, file]) => [
      file,
      { projects: { [root]: { targets: { integration: integration(root) } } } },
    ]);
  },
];

/**
 * @typedef {object} TaskResult what `npm test` reads of a task
 * @property {string} project
 * @property {string} root its folder, relative to the workspace
 * @property {string} target
 * @property {boolean} ok
 * @property {boolean} cached
 * @property {number} ms
 * @property {string} output
 */

/** @type {import('@nx/devkit').PostTasksExecution} */
export function postTasksExecution(_, { taskResults }) {
  const file = process.env[resultsVariable];
  if (file === undefined) return;
  /** @type {TaskResult[]} */
  const results = Object.values(taskResults).map(({ task, status, terminalOutput = '' }) => ({
    project: task.target.project,
    root: task.projectRoot ?? '.',
    target: task.target.target,
    ok: status === 'success' || status.includes('cache'),
    cached: status.includes('cache'),
    ms: (task.endTime ?? 0) - (task.startTime ?? 0),
    output: terminalOutput,
  }));
  fs.writeFileSync(file, JSON.stringify(results));
}
