/**
 * `npm run mutations [-- [--tiers] [part of a name …]]`: removes one safeguard after the other, and
 * looks for a test that fails without it. A unit test should; with `--tiers`, mutants that survive
 * the unit tests are tried on a real Kafka and on the deep tests. The last line counts the killed
 * and the surviving mutants; the exit code is 1 when any survived.
 */
import { parseArgs } from 'node:util';
import { dieWithChildren } from '../setup/process-groups.mjs';
import { mutations } from './list/index.mjs';
import { tiers } from './tiers.mjs';
import { controlled, tryMutation } from './try.mjs';

/** @typedef {import('./try.mjs').Tried} Tried */
/** @typedef {import('./mutation.mjs').Mutation} Mutation */

/** Most of a run is the start of vitest, which keeps one core busy. */
const atOnce = 2;

const { values: asked, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: { tiers: { type: 'boolean', default: false } },
});
const isChosen = (/** @type {Mutation} */ { name }) =>
  parts.length === 0 || parts.some((part) => name.includes(part));

/** @param {Tried} tried */
const outcomeOf = (tried) => {
  if (tried.is === 'killed') return `${tried.tier}, ${tried.file} › ${tried.test}`;
  return tried.is === 'invalid' ? `no result: ${tried.why}` : 'every test passes without it';
};

/** @param {Tried} tried */
const report = (tried) =>
  console.log(`${tried.is === 'killed' ? '✓' : '✗'} ${tried.name}: ${outcomeOf(tried)} (${tried.seconds} s)`);

/**
 * @param {Iterator<Mutation>} left
 * @param {readonly import('./tiers.mjs').Tier[]} wanted
 * @returns {Promise<Tried[]>}
 */
async function tryAll(left, wanted) {
  const all = [];
  for (let next = left.next(); !next.done; next = left.next()) {
    const tried = await tryMutation(next.value, wanted);
    report(tried);
    all.push(tried);
  }
  return all;
}

async function main() {
  const unknown = parts.filter((part) => !mutations.some(({ name }) => name.includes(part)));
  if (unknown.length > 0) {
    const names = mutations.map(({ name }) => name).join(', ');
    throw new Error(`no mutation has ${unknown.join(' or ')} in its name; there are ${names}`);
  }
  const left = mutations.filter(isChosen).values();
  const byUnit = (await Promise.all(Array.from({ length: atOnce }, () => tryAll(left, ['unit'])))).flat();
  const survivors = mutations.filter(({ name }) =>
    byUnit.some((one) => one.is === 'survived' && one.name === name),
  );
  // One at a time: each starts brokers.
  const byOthers = asked.tiers ? await tryAll(survivors.values(), ['integration', 'deep']) : [];
  const all = byUnit.map((one) => byOthers.find(({ name }) => name === one.name) ?? one);
  const confirmed = await controlled(all);
  for (const one of confirmed) if (!all.includes(one)) report(one);

  const killed = confirmed.filter(({ is }) => is === 'killed');
  const [passed, failed] = [killed.length, confirmed.length - killed.length];
  for (const tier of tiers)
    console.log(`killed in the tier ${tier}: ${killed.filter((one) => one.tier === tier).length}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

dieWithChildren();
await main().catch((/** @type {unknown} */ error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
