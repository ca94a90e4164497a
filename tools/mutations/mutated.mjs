/**
 * @typedef {{ readonly find: string, readonly replace: string }} Change
 * @typedef {Change & { readonly name: string, readonly file: string, readonly also?: Change }} Changes
 */

/**
 * The source with the mutation in it, and with what it needs elsewhere in the file. Throws when there is not exactly one place for each.
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
