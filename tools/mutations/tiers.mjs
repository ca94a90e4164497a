/** @typedef {'unit' | 'integration' | 'deep'} Tier */

/**
 * Test files that run together on a mutant.
 *
 * @typedef {object} Step
 * @property {Tier} tier
 * @property {string[]} include files or globs, from the root of the repository
 * @property {string[]} exclude
 * @property {string | undefined} [named] a part of the names of the tests that are tried; all unless given
 */

const anywhere = '{packages,apps}/*';
const suffixes = { unit: 'test', integration: 'int.test', deep: 'deep.test' };
export const tiers = /** @type {const} */ (['unit', 'integration', 'deep']);

/** @param {string} file @returns {Tier} */
export const tierOf = (file) =>
  tiers.find((tier) => tier !== 'unit' && file.includes(`.${suffixes[tier]}.`)) ?? 'unit';

/**
 * Returns the steps to run until one kills the mutant, the cheapest first: the file that is known
 * to, the unit tests of its package, all other unit tests, then the same on a real Kafka, then the
 * deep tests. Each file once.
 *
 * @param {import('./mutation.mjs').Mutation} mutation
 * @param {readonly Tier[]} wanted
 * @returns {Step[]}
 */
export function stepsOf({ file, foundBy, named }, wanted) {
  const folder = file.split('/').slice(0, 2).join('/');
  return tiers
    .filter((tier) => wanted.includes(tier))
    .flatMap((tier) => {
      const others = tiers.filter((other) => other !== tier && other !== 'unit').map(patternOf);
      const known = foundBy !== undefined && tierOf(foundBy) === tier ? foundBy : undefined;
      // When only one test of a file has run, its other tests still have to.
      const tried = known !== undefined && named === undefined ? [known] : [];
      const first = known === undefined ? [] : [{ tier, include: [known], exclude: [], named }];
      return [
        ...first,
        { tier, include: [`${folder}/${patternOf(tier)}`], exclude: [...others, ...tried] },
        {
          tier,
          include: [`${anywhere}/${patternOf(tier)}`],
          exclude: [...others, ...tried, `${folder}/**`],
        },
      ];
    });
}

/** @param {Tier} tier */
const patternOf = (tier) => `**/*.${suffixes[tier]}.ts`;
