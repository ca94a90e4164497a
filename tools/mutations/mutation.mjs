/**
 * A change of the code that removes a safeguard of a promise: without it, records would be lost,
 * resurrected, sent twice, out of order, or would wait forever. `find` occurs once in `file`; `also`
 * is a further change in the file.
 *
 * `foundBy` is the test file that is known to kill the mutant, and `named` a part of the test's name
 * where the file is slow: they run first.
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
