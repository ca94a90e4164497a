import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';
import { makePackage } from './make-package.mjs';
import { namesOf } from './names.mjs';

describe.each(
  /** @type {const} */ ([
    ['middleware', 'rate-limit', 'rate-limit'],
    ['adapter', 'other', 'adapter-other'],
  ]),
)('a generated %s', (kind, name, folder) => {
  /** @type {string} a workspace inside of this one, so that packages are found, and out of sight of its checks */
  let workspace;
  /** @type {string} */
  let made;

  beforeAll(async () => {
    fs.mkdirSync(path.join(root, 'tmp'), { recursive: true });
    workspace = fs.mkdtempSync(path.join(root, 'tmp/generate-'));
    made = path.join(workspace, 'packages', folder);
    fs.writeFileSync(path.join(workspace, 'vitest.shared.ts'), `export * from '../../vitest.shared.js';\n`);
    const base = { extends: '../../tsconfig.base.json' };
    fs.writeFileSync(path.join(workspace, 'tsconfig.base.json'), JSON.stringify(base));
    const config = {
      extends: './tsconfig.base.json',
      compilerOptions: { composite: false, declaration: true, emitDeclarationOnly: false, noEmit: true },
      include: ['packages/*/src'],
    };
    fs.writeFileSync(path.join(workspace, 'tsconfig.json'), JSON.stringify(config));
    await makePackage(kind, name, path.dirname(made));
  });
  afterAll(() => fs.rmSync(workspace, { recursive: true }));

  /** @param {string} script @param {string[]} args */
  const run = (script, args) =>
    exec(process.execPath, [path.join(root, 'node_modules', script), ...args], {
      cwd: made,
      timeoutMs: 110_000,
    });

  it('compiles, its tests included', async () => {
    const { output } = await run('typescript/bin/tsc', ['-p', workspace, '--pretty', 'false']);
    // What is wrong in the packages that it imports is another check's business.
    expect(output.split('\n').filter((line) => !/^( |\.\.\/|$)/.test(line))).toEqual([]);
  });

  it('passes its tests, the conformance suite among them', async () => {
    const done = await run('vitest/vitest.mjs', ['run', '--reporter=json']);
    expect(done, done.output).toMatchObject({ code: 0 });
    expect(done.output).toContain('"numFailedTests":0');
    expect(done.output).toMatch(new RegExp(`conformance of an? ${kind}`));
  });

  it('is formatted as everything else is', async () => {
    // prettier leaves out what git ignores, which this folder is, unless it is told of other files to read.
    const ignoreNothing = path.join(workspace, 'ignore');
    fs.writeFileSync(ignoreNothing, '');
    const config = ['--config', path.join(root, '.prettierrc.json'), '--ignore-path', ignoreNothing];
    const done = await run('prettier/bin/prettier.cjs', ['--check', ...config, '.']);
    expect(done, done.output).toMatchObject({ code: 0 });
  });

  it('leaves no place to be filled in', () => {
    const files = fs
      .readdirSync(made, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile());
    expect(files.map((file) => file.name)).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'index.ts']),
    );
    for (const { parentPath, name: file } of files) {
      const text = fs.readFileSync(path.join(parentPath, file), 'utf8');
      expect(`${file} ${text}`).not.toMatch(/__(folder|file|name|Name|kind|description|coreRange)__/);
    }
  });

  it('does not overwrite what is there', async () => {
    await expect(makePackage(kind, name, path.dirname(made))).rejects.toThrow('is there already');
  });
});

it('names things as the packages here do', () => {
  expect(namesOf('middleware', 'rate-limit')).toEqual({
    folder: 'rate-limit',
    file: 'rate-limit',
    name: 'rateLimit',
    Name: 'RateLimit',
  });
  expect(namesOf('adapter', 'adapter-other')).toMatchObject({
    folder: 'adapter-other',
    name: 'otherAdapter',
  });
  expect(() => namesOf('middleware', 'Rate Limit')).toThrow(`'Rate Limit' is no name for a package`);
});
