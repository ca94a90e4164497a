import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';
import { inspect } from './inspect.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-inspect-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const manifest = {
  name: 'a-package',
  version: '1.0.0',
  license: 'Apache-2.0',
  type: 'module',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  files: ['dist', 'src'],
};

/** A correct package; a test replaces files or, with `undefined`, removes them. */
const sound = {
  'package.json': JSON.stringify(manifest),
  'README.md': '# a-package\n',
  LICENSE: fs.readFileSync(path.join(root, 'LICENSE'), 'utf8'),
  'dist/index.js': 'export const one = 1;\n',
  'dist/index.d.ts': 'export declare const one: number;\n',
  'src/index.ts': 'export const one: number = 1;\n',
};

/**
 * Returns the problems of a tarball, by check.
 *
 * @param {Record<string, string | undefined>} [changes]
 */
async function problemsOf(changes = {}) {
  const files = Object.entries({ ...sound, ...changes }).flatMap(([name, text]) =>
    text === undefined ? [] : [{ name, text }],
  );
  const own = path.join(folder, 'package');
  for (const { name, text } of files) {
    fs.mkdirSync(path.dirname(path.join(own, name)), { recursive: true });
    fs.writeFileSync(path.join(own, name), text);
  }
  const tarball = path.join(folder, 'a-package.tgz');
  expect(await exec('tar', ['-czf', tarball, '-C', folder, 'package'])).toMatchObject({ code: 0 });
  const findings = await inspect({
    folder: own,
    manifest,
    tarball,
    files: files.map(({ name }) => name),
  });
  expect(findings).toHaveLength(3);
  return Object.fromEntries(findings.map(({ what, problem }) => [what.replace('a-package: ', ''), problem]));
}

const types = 'types for every way of importing it';

it('finds nothing in a correct package', async () => {
  expect(await problemsOf()).toEqual({ contents: undefined, publint: undefined, [types]: undefined });
});

it('finds a missing file', async () => {
  const problems = await problemsOf({ 'dist/index.js': undefined });
  expect(problems['contents']).toBe('dist/index.js is missing');
  expect(problems['publint']).toContain('the file does not exist');
});

it('finds a file that does not belong in a package', async () => {
  const problems = await problemsOf({ 'src/index.test.ts': 'export {};\n' });
  expect(problems['contents']).toBe('src/index.test.ts does not belong into a package');
});

it('finds a different licence', async () => {
  expect((await problemsOf({ LICENSE: 'Mine.\n' }))['contents']).toContain('LICENSE differs');
});

it('finds an export without a file', async () => {
  const exports = { '.': { types: './dist/nope.d.ts', default: './dist/index.js' } };
  const problems = await problemsOf({ 'package.json': JSON.stringify({ ...manifest, exports }) });
  expect(problems['publint']).toContain('./dist/nope.d.ts but the file does not exist');
  expect(problems[types]).toContain('Resolved through fallback condition');
});

it('finds what publint only warns about', async () => {
  const exports = { '.': { default: './dist/index.js', types: './dist/index.d.ts' } };
  const problems = await problemsOf({ 'package.json': JSON.stringify({ ...manifest, exports }) });
  expect(problems['publint']).toContain('types');
});

it('finds types of another kind than the code', async () => {
  const exports = { '.': { types: './dist/index.d.cts', default: './dist/index.js' } };
  const problems = await problemsOf({
    'package.json': JSON.stringify({ ...manifest, exports }),
    'dist/index.d.cts': 'export declare const one: number;\n',
  });
  expect(problems[types]).toContain('Types are CJS, but implementation is ESM');
});

it('finds missing types', async () => {
  const problems = await problemsOf({ 'dist/index.d.ts': undefined, 'src/index.ts': undefined });
  expect(problems[types]).toBe('a-package has no types');
});
