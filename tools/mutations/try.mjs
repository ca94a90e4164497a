import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { exec, tail } from '../setup/exec.mjs';
import { cache, root } from '../setup/places.mjs';
import { stepsOf, tierOf, tiers } from './tiers.mjs';
import { failuresOf, statusOf } from './mutant-status.mjs';

/**
 * A mutation may remove what ends a loop. If no fake clock can end that loop, the timeout detects
 * it.
 */
const limitMs = 10 * 60_000;

const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');

/**
 * The result for a mutant: `tier` killed it, no requested tier did, or the result is unknown.
 *
 * @typedef {{ name: string, tier?: import('./tiers.mjs').Tier, seconds: number } & import('./mutant-status.mjs').MutantStatus} Tried
 */

/**
 * Runs one step after the other, until a test fails.
 *
 * @param {import('./mutation.mjs').Mutation} mutation
 * @param {readonly import('./tiers.mjs').Tier[]} wanted
 * @returns {Promise<Tried>}
 */
export async function tryMutation(mutation, wanted) {
  const { name } = mutation;
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  for (const step of stepsOf(mutation, wanted)) {
    const status = statusOf(await run(step, mutation));
    if (status.is !== 'survived') return { name, tier: step.tier, seconds: seconds(), ...status };
  }
  return { name, seconds: seconds(), is: 'survived' };
}

/**
 * Runs the files that killed a mutant once more on the original code: a test that fails there
 * proves nothing.
 *
 * @param {readonly Tried[]} tried
 * @returns {Promise<Tried[]>}
 */
export async function controlled(tried) {
  /** @type {Set<string>} */
  const failed = new Set();
  for (const tier of tiers) {
    const files = tried.flatMap((one) => (one.is === 'killed' ? [one.file] : []));
    const include = [...new Set(files)].filter((file) => tierOf(file) === tier);
    if (include.length === 0) continue;
    const { report, output } = await run({ tier, include, exclude: [] });
    if (report === undefined)
      throw new Error(`the tests do not run without a mutation either:\n${tail(output)}`);
    for (const { file, test } of failuresOf(report)) failed.add(`${file} ${test}`);
  }
  return tried.map((one) => {
    if (one.is !== 'killed' || !failed.has(`${one.file} ${one.test}`)) return one;
    const { name, seconds, file, test } = one;
    return { name, seconds, is: 'invalid', why: `${file} › ${test} also fails without the mutation` };
  });
}

/**
 * @param {import('./tiers.mjs').Step} step
 * @param {import('./mutation.mjs').Mutation} [mutation] none: the code as it is
 * @returns {Promise<import('./mutant-status.mjs').Run>}
 */
async function run(step, mutation) {
  const folder = mkdtempSync(path.join(cache, 'mutation-'));
  const file = path.join(folder, 'report.json');
  // Among many files, those that never load the mutated one are irrelevant.
  const related = mutation !== undefined && step.include.some((one) => one.includes('*'));
  const which = related ? ['related', mutation.file, '--run'] : ['run'];
  const finished = await exec(
    process.execPath,
    [
      ...[vitest, ...which, '--config', 'tools/mutations/vitest.mutation.mjs', '--no-color'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    ],
    {
      cwd: root,
      timeoutMs: limitMs,
      env: { HOLDFAST_MUTATION: JSON.stringify({ mutation: mutation?.name, step }), NO_COLOR: '1' },
    },
  );
  const report = read(file);
  rmSync(folder, { recursive: true });
  return { ...finished, report, step };
}

/** @param {string} file @returns {import('../test/vitest-report.mjs').Report | undefined} */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
