import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';
import { makePackage } from './make-package.mjs';
import { filesIn, workspaceTree } from './tree.fixture.mjs';

/** A compilation and a run of tests take seconds, and minutes on a busy machine. */
const timeoutMs = 300_000;

/**
 * A workspace inside this one, so that packages are found, but excluded from its checks.
 *
 * @type {string}
 */
let workspace;

/** @param {string} file @param {string} text */
function write(file, text) {
  const whole = path.join(workspace, file);
  fs.mkdirSync(path.dirname(whole), { recursive: true });
  fs.writeFileSync(whole, text);
}

beforeAll(async () => {
  fs.mkdirSync(path.join(root, 'tmp'), { recursive: true });
  workspace = fs.mkdtempSync(path.join(root, 'tmp/generate-'));
  write('vitest.shared.ts', `export * from '../../vitest.shared.js';\n`);
  write('vitest.config.ts', `export default { test: { projects: ['packages/*'] } };\n`);
  write('tsconfig.base.json', JSON.stringify({ extends: '../../tsconfig.base.json' }));
  const options = { composite: false, declaration: true, emitDeclarationOnly: false, noEmit: true };
  const config = { compilerOptions: options, include: ['packages/*/src'] };
  write('tsconfig.json', JSON.stringify({ extends: './tsconfig.base.json', ...config }));
  const tree = workspaceTree();
  await makePackage(tree, 'middleware', 'rate-limit');
  await makePackage(tree, 'adapter', 'other');
  for (const folder of ['packages/rate-limit', 'packages/adapter-other']) {
    for (const [file, text] of filesIn(tree, folder)) write(`${folder}/${file}`, text);
  }
});
afterAll(() => fs.rmSync(workspace, { recursive: true }));

/** @param {string} script @param {string[]} args @param {Record<string, string>} [env] */
const run = (script, args, env = {}) => {
  const program = path.join(root, 'node_modules', script);
  return exec(process.execPath, [program, ...args], { cwd: workspace, env, timeoutMs });
};

it('compiles, its tests included', { timeout: timeoutMs }, async () => {
  const { output, timedOut } = await run('typescript/bin/tsc', ['-p', '.', '--pretty', 'false']);
  expect(timedOut).toBe(false);
  // What is wrong in the packages that it imports is another check's business.
  expect(output.split('\n').filter((line) => !/^( |\.\.\/|$)/.test(line))).toEqual([]);
});

it('passes its tests, the whole conformance suite among them', { timeout: timeoutMs }, async () => {
  const done = await run('vitest/vitest.mjs', ['run', '--reporter=json'], { HOLDFAST_RUNS: '3' });
  expect(done, done.output).toMatchObject({ code: 0 });
  const { numFailedTests, numPendingTests, testResults } = JSON.parse(
    done.output.slice(done.output.indexOf('{"')),
  );
  expect({ numFailedTests, numPendingTests }).toEqual({ numFailedTests: 0, numPendingTests: 0 });
  expect(testResults).toHaveLength(2);
  expect(done.output).toContain('rateLimit: conformance of a middleware');
  expect(done.output).toContain('otherAdapter: conformance of an adapter');
});
