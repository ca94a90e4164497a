import { root } from '../../setup/places.mjs';
import { checks, toRun } from '../checks.mjs';
import { leftovers } from '../leftovers.mjs';
import { packagingCheck } from '../packaging.mjs';
import { programCheck } from '../program-check.mjs';
import { countedProgram } from './counted-program.mjs';
import { deepFiles } from './deep-files.mjs';
import { nodePart } from './node/node-part.mjs';
import { vitestPart } from './vitest-run.mjs';

const minutes = 60_000;
/** The factor by which each property test multiplies its runs. */
const factor = '10x';

/** @param {import('../check.mjs').Check} check @returns {import('./arguments.mjs').Part} */
const partOf = (check) => ({ name: check.name, does: check.does, checks: [check] });

/**
 * Returns every part of `npm run test:deep`, in the order in which they run.
 *
 * @param {string} seed
 * @returns {import('./arguments.mjs').Part[]}
 */
export function partsWith(seed) {
  const env = { HOLDFAST_SEED: seed };
  const deep = deepFiles(root).map(({ name, does, files }) =>
    vitestPart(name, does, { config: 'vitest.deep.config.ts', args: files, env, timeoutMs: 45 * minutes }),
  );
  const others = [
    vitestPart('properties', `the unit tests from a new seed, each property ${factor} as often`, {
      config: 'vitest.config.ts',
      args: ['--project=!tools'],
      env: { ...env, HOLDFAST_RUNS: factor },
      timeoutMs: 45 * minutes,
    }),
    ...deep,
    vitestPart('integration', 'the tests on a real Kafka, from a new seed', {
      config: 'vitest.integration.config.ts',
      env,
      timeoutMs: 20 * minutes,
    }),
    packagingCheck('installs', 'each tarball alone in an empty project', ['--alone']),
    countedProgram(
      'mutations',
      'what the promises stand on is taken out, one at a time: a test has to notice',
      ['tools/mutations/main.mjs', '--tiers'],
      60 * minutes,
    ),
    programCheck(
      'types7',
      'TypeScript 7, as a second opinion',
      'tools/test/deep/typescript7.mjs',
      [],
      10 * minutes,
    ),
    nodePart(22, seed),
    nodePart(24, seed),
  ];
  const ofTest = toRun(checks).filter((check) => check !== leftovers);
  return [{ name: 'test', does: 'what npm test checks', checks: ofTest }, ...others.map(partOf)];
}
