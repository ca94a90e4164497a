import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { mergeConfig } from 'vitest/config';
import { root } from '../setup/places.mjs';
import deep from '../../vitest.deep.config.js';
import integration from '../../vitest.integration.config.js';
import { unit } from '../../vitest.shared.js';
import { mutations } from './list/index.mjs';
import { mutated } from './mutation.mjs';

/** @type {{ mutation?: string, step: import('./tiers.mjs').Step }} */
const { mutation: name, step } = JSON.parse(process.env['HOLDFAST_MUTATION'] ?? '{}');
const mutation = mutations.find((one) => one.name === name);
if (mutation === undefined && name !== undefined) throw new Error(`there is no mutation ${name}`);

/**
 * The tests see the file with the mutation in it; the file itself stays as it is.
 *
 * @type {import('vite').Plugin}
 */
const mutate = {
  name: 'mutate',
  enforce: 'pre',
  load(id) {
    const path = id.split('?')[0] ?? id;
    if (mutation === undefined || path !== resolve(root, mutation.file)) return null;
    return mutated(readFileSync(path, 'utf8'), mutation);
  },
};

/** As in a run of the tier. */
const base = { unit: unit('unit', { isolate: true }), integration, deep }[step.tier];
const { include, exclude, named } = step;

const config = mergeConfig(base, {
  root,
  plugins: [mutate],
  test: {
    bail: mutation === undefined ? 0 : 1,
    cache: false,
    maxWorkers: 1,
    passWithNoTests: true,
    setupFiles: [resolve(import.meta.dirname, 'no-shrinking.mjs')],
    testNamePattern: named,
  },
});
// Of which only those files run that the step is about: lists are merged, and these must not be.
config.test = { ...config.test, include, exclude: ['**/{node_modules,dist,out-tsc}/**', ...exclude] };
export default config;
