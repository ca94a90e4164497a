import { randomInt } from 'node:crypto';
import { result } from '../check.mjs';

const largest = 2 ** 31;

/**
 * Returns the seed of everything that the deep tests generate: that of `HOLDFAST_SEED`, otherwise a
 * new one. Throws when the variable is not a seed.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function seedOf({ HOLDFAST_SEED: given }) {
  if (!given) return String(randomInt(1, largest));
  if (/^\d+$/.test(given) && Number(given) <= largest) return given;
  throw new Error(`HOLDFAST_SEED must be a whole number such as 12345, not '${given.slice(0, 100)}'`);
}

/**
 * Wraps a check so that its failure prints how to repeat it.
 *
 * @param {import('../check.mjs').Check} check
 * @param {string} part
 * @param {string} seed
 * @returns {import('../check.mjs').Check}
 */
export const repeatable = (check, part, seed) => ({
  ...check,
  async run(progress) {
    const repeat = `the seed was ${seed}; again: HOLDFAST_SEED=${seed} npm run test:deep -- ${part}\n`;
    const done = await check.run(progress).catch((/** @type {unknown} */ error) => {
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return result({ failed: 1, output: `${check.name} broke off: ${said}` });
    });
    return done.failed === 0 ? done : { ...done, output: `${done.output.trimEnd()}\n${repeat}` };
  },
});
