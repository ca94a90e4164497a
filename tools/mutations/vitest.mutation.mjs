import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { env, fromSource } from '../../vitest.shared.js';
import { mutated } from './mutated.mjs';
import { mutations } from './mutations.mjs';

const name = process.env['HOLDFAST_MUTATION'];
const mutation = mutations.find((one) => one.name === name);
if (mutation === undefined) throw new Error(`HOLDFAST_MUTATION=${name} is none of mutations.mjs`);
const repository = resolve(import.meta.dirname, '../..');

/**
 * The tests see the file with one thing taken out; the file itself stays as it is.
 *
 * @type {import('vite').Plugin}
 */
const mutate = {
  name: 'mutate',
  enforce: 'pre',
  load(id) {
    const path = id.split('?')[0] ?? id;
    if (path !== resolve(repository, mutation.file)) return null;
    return mutated(readFileSync(path, 'utf8'), mutation);
  },
};

const unit = {
  root: resolve(repository, 'packages', mutation.project ?? 'journal'),
  test: {
    include: ['src/**/*.test.ts'],
    exclude: ['**/*.{int,deep}.test.ts', '**/node_modules/**'],
    // Under load a test may take long; that it fails for it says nothing of the mutation.
    testTimeout: 120_000,
  },
};
const wholeChain = {
  root: resolve(repository, 'apps/chaos'),
  test: {
    include: ['test/whole-chain/*.test.ts'],
    testNamePattern: `over the ${mutation.wholeChain} adapter keeps`,
    // The seeds within which a fault has to be found.
    env: { ...env, HOLDFAST_RUNS: process.env['HOLDFAST_RUNS'] ?? '500' },
  },
};
const { root, test } = mutation.wholeChain === undefined ? unit : wholeChain;

export default defineConfig({
  ...fromSource,
  root,
  plugins: [mutate],
  cacheDir: resolve(repository, '.cache/mutations'),
  test: { environment: 'node', env, ...test, bail: 1 },
});
