/**
 * The source with the mutation in it. Throws when there is not exactly one place for it.
 *
 * @param {string} source
 * @param {{ readonly name: string, readonly file: string, readonly find: string, readonly replace: string }} mutation
 */
export function mutated(source, { name, file, find, replace }) {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} has not exactly one place for the mutation ${name}`);
  }
  return `${before}${replace}${after}`;
}
