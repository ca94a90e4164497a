/**
 * Makes a package with each of Nx's generators, in a copy of the workspace, and runs every check on
 * it.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exec } from '../setup/exec.mjs';
import { nxEnvironment } from '../setup/nx.mjs';
import { copyOfWorkspace } from './workspace-copy.fixture.mjs';

// Each test continues where the one before ended.

const made = ['packages/rate-limit', 'packages/adapter-other'];
const configs = ['tsconfig.json', 'package-lock.json'];

/** @type {string} */
let workspace;

beforeAll(() => {
  workspace = copyOfWorkspace();
});
afterAll(() => fs.rmSync(workspace, { recursive: true }));

/** @param {string[]} args */
const node = (...args) =>
  exec(process.execPath, args, {
    cwd: workspace,
    env: { ...nxEnvironment, NX_WORKSPACE_ROOT_PATH: workspace },
    timeoutMs: 800_000,
  });

/** @param {string} kind @param {string[]} args */
const generate = (kind, ...args) => node('node_modules/.bin/nx', 'g', `@holdfast/tools:${kind}`, ...args);

/** @param {string} file */
const read = (file) => fs.readFileSync(path.join(workspace, file), 'utf8');

const state = () => ({ packages: fs.readdirSync(path.join(workspace, 'packages')), ...configs.map(read) });

it('a dry run lists what it would make, and changes nothing', async () => {
  const before = state();
  const { code, output } = await generate('middleware', 'rate-limit', '--dry-run');
  expect(code, output).toBe(0);
  expect(output).toContain('CREATE packages/rate-limit/src/rate-limit.ts');
  expect(state()).toEqual(before);
});

it('a wrong name is refused, and changes nothing', async () => {
  const before = state();
  const { code, output } = await generate('middleware', 'Rate_Limit');
  expect(code, output).toBe(1);
  expect(output).toContain(`'Rate_Limit' is no name for a package: use small letters`);
  expect(state()).toEqual(before);
});

it('both packages are made and installed', async () => {
  for (const [kind, name] of /** @type {const} */ ([
    ['middleware', 'rate-limit'],
    ['adapter', 'other'],
  ])) {
    const { code, output } = await generate(kind, name);
    expect(code, output).toBe(0);
    expect(output).toContain('Next: npx nx unit ');
  }
  for (const folder of made) {
    const { name } = JSON.parse(read(`${folder}/package.json`));
    expect(fs.realpathSync(path.join(workspace, 'node_modules', name))).toBe(path.join(workspace, folder));
  }
});

it.each([
  ['format', 'node_modules/prettier/bin/prettier.cjs', ['--check', ...made, ...configs]],
  ['lint', 'node_modules/.bin/nx', ['run-many', '-t', 'lint', '-p', ...made]],
  ['typecheck', 'node_modules/.bin/nx', ['run-many', '-t', 'typecheck', '-p', ...made]],
  ['unit', 'node_modules/.bin/nx', ['run-many', '-t', 'unit', '-p', ...made]],
  ['the workspace', 'node_modules/vitest/vitest.mjs', ['run', 'tools/setup/workspace.test.mjs']],
])('they and the workspace are as the check of %s wants them', async (_check, program, args) => {
  const { code, output } = await node(program, ...args);
  expect(code, output).toBe(0);
});

it('they can be packed, installed and imported, and their READMEs compile', async () => {
  const { output } = await node('tools/packaging/main.mjs', 'packaging.json');
  /** @type {import('../packaging/findings.mjs').Finding[]} */
  const findings = JSON.parse(read('packaging.json'));
  for (const folder of made) {
    const { name } = JSON.parse(read(`${folder}/package.json`));
    const its = findings.filter(({ what }) => what.includes(name) || what.includes(folder));
    expect(its.length, output).toBeGreaterThan(2);
  }
  expect(findings.filter(({ problem }) => problem !== undefined)).toEqual([]);
});
