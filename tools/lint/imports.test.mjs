import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';

const exports = { './internal': { '@holdfast/source': './src/internal.ts', default: './dist/internal.js' } };
const itsType = `export type { Kit } from '@holdfast/core/internal';\n`;

/** A workspace of its own, whose files break the rules or keep them. */
const files = {
  'packages/values/src/a.ts': `import { b } from './b.js';\nexport const a = () => b;\n`,
  'packages/values/src/b.ts': `import { a } from './a.js';\nexport const b = () => a;\n`,
  'apps/types/src/a.ts': `import type { B } from './b.js';\nexport interface A { b: B }\n`,
  'apps/types/src/b.ts': `import type { C } from './c.js';\nexport interface B { c: C }\n`,
  'apps/types/src/c.ts': `export type C = import('./a.js').A;\n`,
  'tools/comments/a.mjs': `/** @typedef {import('./b.mjs').B} A */\nexport const a = 1;\n`,
  'tools/comments/b.mjs': `import { a } from './a.mjs';\n/** @typedef {1} B */\nexport const b = a;\n`,
  'packages/lines/src/a.ts': `import type { B } from './b.js';\nexport type { C } from './c.js';\nexport type A = B;\n`,
  'packages/lines/src/b.ts': `import type { C } from './c.js';\nexport type B = C;\n`,
  'packages/lines/src/c.ts': `export type C = 1;\n`,

  'packages/core/package.json': JSON.stringify({ name: '@holdfast/core', type: 'module', exports }),
  'packages/core/src/internal.ts': 'export type Kit = 1;\n',
  'apps/kit/src/main.ts': itsType,
  'apps/kit/src/main.test.ts': itsType,
  'apps/kit/src/by-path.ts': `export * from '../../../packages/core/src/internal.js';\n`,
  'tools/kit/a.mjs': `await import('@holdfast/core/internal');\n`,
  'packages/kit/src/index.ts': itsType,
  'packages/kit/test/a.test.ts': itsType,

  'packages/buffer/src/send/sender.ts': `export type Sender = 1;\n`,
  'packages/buffer/src/queue/upward.ts': `export type { Sender } from '../send/sender.js';\n`,
  'packages/buffer/src/queue/upward.test.ts': `export type { Sender } from '../send/sender.js';\n`,
  'packages/buffer/src/queue/lanes.ts': `export type Lanes = 1;\n`,
  'packages/buffer/src/send/downward.ts': `export type { Lanes } from '../queue/lanes.js';\n`,
};

/** The rules that the files of `folder` break: `rule: file`. @param {string} folder */
async function brokenIn(folder) {
  const depcruise = path.join(root, 'node_modules/.bin/depcruise');
  const args = ['--config', path.join(root, 'tools/lint/imports.mjs'), '--output-type', 'json'];
  const { output } = await exec(depcruise, [...args, 'packages', 'apps', 'tools'], { cwd: folder });
  /** @type {{ summary: { violations: { rule: { name: string }, from: string }[] } }} */
  const { summary } = JSON.parse(output);
  return summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}

/** @type {string[]} while core is not installed, so that an import of it cannot be resolved */
let byName;
/** @type {string[]} */
let installed;
beforeAll(async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'holdfast-imports-')));
  try {
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    byName = await brokenIn(folder);
    fs.mkdirSync(path.join(folder, 'node_modules/@holdfast'), { recursive: true });
    fs.symlinkSync(path.join(folder, 'packages/core'), path.join(folder, 'node_modules/@holdfast/core'));
    installed = await brokenIn(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

it.each([
  ['a circle of values', 'no-circle: packages/values/src/a.ts'],
  ['a circle of types alone', 'no-circle: apps/types/src/a.ts'],
  ["a circle through the types in a tool's comments", 'no-circle: tools/comments/a.mjs'],
  ["an app that imports core's internal door", 'internal-door: apps/kit/src/main.ts'],
  ['its test', 'internal-door: apps/kit/src/main.test.ts'],
  ['a way past the name', 'internal-door: apps/kit/src/by-path.ts'],
  ['a tool', 'internal-door: tools/kit/a.mjs'],
  ['a room that imports from one above it', 'one-way: packages/buffer/src/queue/upward.ts'],
])('refuses %s', (_what, violation) => {
  expect(byName).toContain(violation);
  expect(installed).toContain(violation);
});

it('refuses nothing else: not two files that import a third, nor a package that takes the internal door, nor a room below', () => {
  expect(byName).toHaveLength(8);
  expect(installed).toHaveLength(8);
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
