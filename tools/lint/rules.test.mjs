import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { computeProjectGraph } from './graph.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** @type {ESLint} */
let eslint;

beforeAll(async () => {
  await computeProjectGraph();
  eslint = new ESLint({ cwd: root });
});

/**
 * Returns the rules that `code` breaks when it is in `file`, an existing file.
 *
 * @param {string} file
 * @param {string} code
 */
async function broken(file, code) {
  const [result] = await eslint.lintText(code, { filePath: `${root}${file}` });
  const fatal = result?.messages.find((message) => message.fatal);
  if (!result || fatal) throw new Error(`${file} could not be linted: ${fatal?.message}`);
  return result.messages.map((message) => message.ruleId);
}

const boundary = '@nx/enforce-module-boundaries';

it.each([
  ['a middleware', 'packages/buffer/src/index.ts', '@holdfast/retry'],
  ['an adapter', 'packages/adapter-kafkajs/src/index.ts', '@holdfast/buffer'],
  ['core', 'packages/core/src/index.ts', '@holdfast/testing'],
  ['testing', 'packages/testing/src/index.ts', '@holdfast/retry'],
  ['a middleware', 'packages/retry/src/index.ts', '@holdfast/testing'],
  ['an adapter', 'packages/adapter-confluent/src/index.ts', '@holdfast/kafka'],
  ['a tool', 'tools/kafka/src/index.ts', '@holdfast/core'],
])('%s (%s) may not import %s', async (_room, file, target) => {
  expect(await broken(file, `export * from '${target}';\n`)).toContain(boundary);
});

it.each([
  ['packages/buffer/src/index.ts', '@holdfast/core'],
  ['packages/adapter-kafkajs/src/index.ts', '@holdfast/core'],
  ['packages/testing/src/index.ts', '@holdfast/core'],
  ['apps/demo/src/main.ts', '@holdfast/retry'],
])('%s may import %s', async (file, target) => {
  expect(await broken(file, `export * from '${target}';\n`)).not.toContain(boundary);
});

it.each([
  ['Date.now()', 'no-restricted-properties'],
  ['new Date()', 'no-restricted-syntax'],
  ['Math.random()', 'no-restricted-properties'],
  ['performance.now()', 'no-restricted-properties'],
  ['setTimeout(() => {}, 1)', 'no-restricted-globals'],
  ['setInterval(() => {}, 1)', 'no-restricted-globals'],
  ['setImmediate(() => {})', 'no-restricted-globals'],
  ['globalThis.setTimeout(() => {}, 1)', 'no-restricted-properties'],
])('a middleware may not call %s', async (code, rule) => {
  expect(await broken('packages/retry/src/index.ts', `export const taken = ${code};\n`)).toContain(rule);
});

it.each(['Error', 'TypeError', 'ProducerError', 'Uint8Array', 'Promise', 'SerializedRecord'])(
  'no package may ask for an instance of %s, which another realm or copy has too',
  async (name) => {
    const code = `export const its = globalThis instanceof ${name};\n`;
    for (const file of ['packages/retry/src/index.ts', 'packages/testing/src/index.ts']) {
      expect(await broken(file, code)).toContain('no-restricted-syntax');
    }
  },
);

it('a middleware may not use the disk directly', async () => {
  const code = `export { readFileSync } from 'node:fs';\n`;
  expect(await broken('packages/retry/src/index.ts', code)).toContain('no-restricted-imports');
});

it.each([
  [
    `import fc from 'fast-check';\nawait fc.assert(fc.property(fc.nat(), () => true));`,
    'no-restricted-syntax',
  ],
  [`import fc from 'fast-check';\nfc.check(fc.property(fc.nat(), () => true));`, 'no-restricted-syntax'],
  [`import { assert } from 'fast-check';\nassert;`, 'no-restricted-imports'],
  [`import { test } from '@fast-check/vitest';\ntest;`, 'no-restricted-imports'],
  [`export const options = { numRuns: 100 };`, 'no-restricted-syntax'],
  [`export const runs = Number(process.env['HOLDFAST_RUNS'] ?? 60);`, 'no-restricted-syntax'],
  [`export const seed = Math.random();`, 'no-restricted-properties'],
])('no test draws its runs or its seed beside the dial: %s', async (code, rule) => {
  for (const file of ['packages/retry/src/retry.test.ts', 'apps/chaos/test/whole-chain/schedule.ts']) {
    expect(await broken(file, `${code}\n`)).toContain(rule);
  }
});

it('nor does a published suite', async () => {
  const code = `import fc from 'fast-check';\nexport const checked = fc.check(fc.property(fc.nat(), () => true));\n`;
  expect(await broken('packages/testing/src/index.ts', code)).toContain('no-restricted-syntax');
});

it('a test may draw samples from a seed', async () => {
  const code = `import fc from 'fast-check';\nexport const drawn = fc.sample(fc.nat(), { seed: 1, numRuns: 3 });\n`;
  expect(await broken('packages/retry/src/retry.test.ts', code)).toEqual([]);
});

it('testing may read the time itself', async () => {
  expect(await broken('packages/testing/src/index.ts', `export const now = Date.now();\n`)).toEqual([]);
});
