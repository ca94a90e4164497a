import { cruise } from 'dependency-cruiser';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import imports from './imports.mjs';

const { forbidden, options } = imports;

/** @type {string} */
let folder;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'holdfast-imports-')));
  const made = folder;
  onTestFinished(() => fs.rmSync(made, { recursive: true }));
});

/** @param {Record<string, string>} files text by path */
function write(files) {
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  }
}

/**
 * The rules that these files break: `rule: file`.
 *
 * @param {Record<string, string>} files text by path
 */
async function broken(files) {
  write(files);
  const folders = new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''));
  const rules = { ruleSet: { forbidden }, validate: true };
  const { output } = await cruise([...folders], { ...options, ...rules, baseDir: folder });
  if (typeof output === 'string') throw new Error(`no result but ${output}`);
  return output.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}

it('refuses a circle of values', async () => {
  const files = {
    'packages/retry/src/a.ts': `import { b } from './b.js';\nexport const a = () => b;\n`,
    'packages/retry/src/b.ts': `import { a } from './a.js';\nexport const b = () => a;\n`,
  };
  expect(await broken(files)).toEqual(['no-circle: packages/retry/src/a.ts']);
});

it('refuses a circle of types alone', async () => {
  const files = {
    'apps/demo/src/a.ts': `import type { B } from './b.js';\nexport interface A { b: B }\n`,
    'apps/demo/src/b.ts': `import type { C } from './c.js';\nexport interface B { c: C }\n`,
    'apps/demo/src/c.ts': `export type C = import('./a.js').A;\n`,
  };
  expect(await broken(files)).toEqual(['no-circle: apps/demo/src/a.ts']);
});

it('refuses a circle of the types in the comments of a tool', async () => {
  const files = {
    'tools/lint/a.mjs': `/** @typedef {import('./b.mjs').B} A */\nexport const a = 1;\n`,
    'tools/lint/b.mjs': `import { a } from './a.mjs';\n/** @typedef {1} B */\nexport const b = a;\n`,
  };
  expect(await broken(files)).toEqual(['no-circle: tools/lint/a.mjs']);
});

it('lets two files import a third', async () => {
  const files = {
    'packages/retry/src/a.ts': `import type { B } from './b.js';\nexport type { C } from './c.js';\nexport type A = B;\n`,
    'packages/retry/src/b.ts': `import type { C } from './c.js';\nexport type B = C;\n`,
    'packages/retry/src/c.ts': `export type C = 1;\n`,
  };
  expect(await broken(files)).toEqual([]);
});

const exports = { './internal': { '@holdfast/source': './src/internal.ts', default: './dist/internal.js' } };
const core = {
  'packages/core/package.json': JSON.stringify({ name: '@holdfast/core', type: 'module', exports }),
  'packages/core/src/internal.ts': 'export type Kit = 1;\n',
};
const itsType = `export type { Kit } from '@holdfast/core/internal';\n`;

it.each([
  ['an app', 'apps/demo/src/main.ts', itsType],
  ['a test of an app', 'apps/demo/src/main.test.ts', itsType],
  [
    'an app, by its path,',
    'apps/demo/src/main.ts',
    `export * from '../../../packages/core/src/internal.js';\n`,
  ],
  ['a tool', 'tools/lint/a.mjs', `await import('@holdfast/core/internal');\n`],
])("%s (%s) may not import core's internal door", async (_who, file, code) => {
  const files = { ...core, [file]: code };
  // Not installed yet, it is known by what the import says.
  expect(await broken(files)).toEqual([`internal-door: ${file}`]);
  fs.mkdirSync(path.join(folder, 'node_modules/@holdfast'), { recursive: true });
  fs.symlinkSync(path.join(folder, 'packages/core'), path.join(folder, 'node_modules/@holdfast/core'));
  expect(await broken(files)).toEqual([`internal-door: ${file}`]);
});

it.each(['packages/retry/src/index.ts', 'packages/retry/test/a.test.ts'])('%s may', async (file) => {
  expect(await broken({ ...core, [file]: itsType })).toEqual([]);
});

it("the packages that the generators make use core's public doors", () => {
  const generators = fileURLToPath(new URL('../generate', import.meta.url));
  const templates = fs
    .readdirSync(generators, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.template'));
  expect(templates).not.toEqual([]);
  for (const name of templates) {
    expect(fs.readFileSync(path.join(generators, name), 'utf8'), name).not.toContain(
      '@holdfast/core/internal',
    );
  }
});
