import { Script } from 'node:vm';

/** @typedef {{ folder: string, file: string, name: string, Name: string, stage: string }} Names */

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * The other names in the files of a new middleware: files, functions, and the declarations of its
 * test and README.
 */
const taken = [
  ...['index', 'options'],
  ...['resolveOptions', 'countFailures'],
  ...['expect', 'it', 'middlewareConformance', 'make', 'wrong'],
  ...['createProducer', 'memoryKafka', 'producer'],
];

/** @param {string} words in kebab-case */
const camel = (words) => words.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/**
 * Returns the names of a new package: `rate-limit` gives the folder `rate-limit` and the function
 * `rateLimit`; an adapter `other-client` gives `adapter-other-client` and `otherClientAdapter`, and
 * is the stage `otherClient`.
 *
 * @param {'middleware' | 'adapter'} kind
 * @param {string} given
 * @returns {Names}
 */
export function namesOf(kind, given) {
  const words = kind === 'adapter' ? given.replace(/^adapter-/, '') : given;
  if (!kebab.test(words)) {
    throw new Error(
      `'${given.slice(0, 100)}' is no name for a package: use small letters, digits and single hyphens: rate-limit`,
    );
  }
  const name = kind === 'adapter' ? `${camel(words)}Adapter` : camel(words);
  if (taken.includes(name) || !isIdentifier(name)) {
    throw new Error(
      `'${given}' is no name for a package: no function of it can be called ${name}; choose another`,
    );
  }
  const folder = kind === 'adapter' ? `adapter-${words}` : words;
  return {
    folder,
    file: kind === 'adapter' ? `${words}-adapter` : words,
    name,
    Name: name[0]?.toUpperCase() + name.slice(1),
    stage: camel(words),
  };
}

/**
 * Returns whether a module can declare something with that name: it is not a reserved word.
 *
 * @param {string} name
 */
function isIdentifier(name) {
  try {
    new Script(`'use strict'; async () => { let ${name}; };`);
    return true;
  } catch {
    return false;
  }
}
