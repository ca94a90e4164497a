/**
 * One thing that a promise stands on, and what the code is without it: records would be lost, or resurrected, or sent twice, or overtake
 * each other, or wait for ever. `find` occurs once in `file`; `also` is what else has to change in the file.
 *
 * `foundBy` is the test file that is known to notice, and `named` a part of the test's name where the file is slow: they are tried first.
 *
 * @typedef {{ readonly find: string, readonly replace: string }} Change
 * @typedef {Change & { readonly name: string, readonly file: string, readonly also?: Change }} Changes
 * @typedef {Changes & { readonly foundBy?: string, readonly named?: string }} Mutation
 */

/**
 * Returns the mutated source. Throws when there is not exactly one place for each change.
 *
 * @param {string} source
 * @param {Changes} mutation
 */
export function mutated(source, { also, ...mutation }) {
  const once = changed(source, mutation);
  return also === undefined ? once : changed(once, { ...mutation, ...also });
}

/**
 * @param {string} source
 * @param {Changes} mutation
 */
function changed(source, { name, file, find, replace }) {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} has not exactly one place for the mutation ${name}`);
  }
  return `${before}${replace}${after}`;
}
