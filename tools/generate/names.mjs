/** @typedef {{ folder: string, file: string, name: string, Name: string }} Names */

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** @param {string} words in kebab-case */
const camel = (words) => words.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/**
 * The names of a new package: `rate-limit` gives the folder `rate-limit` and the function `rateLimit`; an adapter
 * `other-client` gives `adapter-other-client` and `otherClientAdapter`.
 *
 * @param {'middleware' | 'adapter'} kind
 * @param {string} given
 * @returns {Names}
 */
export function namesOf(kind, given) {
  const words = kind === 'adapter' ? given.replace(/^adapter-/, '') : given;
  if (!kebab.test(words)) {
    throw new Error(
      `'${given}' is no name for a package: use small letters, digits and single hyphens: rate-limit`,
    );
  }
  const name = kind === 'adapter' ? `${camel(words)}Adapter` : camel(words);
  const folder = kind === 'adapter' ? `adapter-${words}` : words;
  return {
    folder,
    file: kind === 'adapter' ? `${words}-adapter` : words,
    name,
    Name: name[0]?.toUpperCase() + name.slice(1),
  };
}
