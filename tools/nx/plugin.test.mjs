import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createNodes, postTasksExecution, resultsVariable } from './plugin.mjs';

/** @type {string} */
let folder;
beforeEach(() => void (folder = fs.mkdtempSync(path.join(tmpdir(), 'nx-plugin-'))));
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true });
});

it('gives each project with tests on a real Kafka one target `integration`, of its own tests alone', async () => {
  const files = [
    'packages/retry-more/test/a.int.test.ts',
    'packages/retry/src/deep/b.int.test.ts',
    'packages/retry/test/c.int.test.ts',
  ];
  const [, infer] = createNodes;
  const nodes = await infer(files, undefined, { nxJsonConfiguration: {}, workspaceRoot: folder });
  const roots = nodes.flatMap(([, { projects = {} }]) => Object.entries(projects));
  expect(roots.map(([root]) => root)).toEqual(['packages/retry-more', 'packages/retry']);
  const commands = roots.map(([, { targets }]) => targets?.['integration']?.command);
  expect(commands).toEqual([
    expect.stringMatching(/ packages\/retry-more\/$/),
    expect.stringMatching(/ packages\/retry\/$/),
  ]);
});

/** @typedef {import('@nx/devkit').PostTasksExecutionContext} Context */

/** @param {Context['taskResults'][string]['status']} status @param {string} [terminalOutput] */
const ended = (status, terminalOutput) => ({
  task: {
    id: 'retry:unit',
    target: { project: 'retry', target: 'unit' },
    projectRoot: 'packages/retry',
    overrides: {},
    outputs: [],
    parallelism: true,
    cache: true,
    startTime: 1_000,
    endTime: 3_500,
  },
  status,
  code: 0,
  ...(terminalOutput === undefined ? {} : { terminalOutput }),
});

it('writes the result of each task to the given file, and nothing without one', async () => {
  const file = path.join(folder, 'results.json');
  const taskResults = { one: ended('success', 'said'), two: ended('local-cache'), three: ended('skipped') };
  const where = { id: '1', workspaceRoot: folder, nxJsonConfiguration: {}, argv: [] };
  const run = () => postTasksExecution(undefined, { ...where, taskResults, startTime: 0, endTime: 1 });
  await run();
  expect(fs.existsSync(file)).toBe(false);
  vi.stubEnv(resultsVariable, file);
  await run();
  const its = { project: 'retry', root: 'packages/retry', target: 'unit', ms: 2_500 };
  expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual([
    { ...its, ok: true, cached: false, output: 'said' },
    { ...its, ok: true, cached: true, output: '' },
    { ...its, ok: false, cached: false, output: '' },
  ]);
});
