import { parseArgs } from 'node:util';

/**
 * One part of `npm run test:deep`.
 *
 * @typedef {object} Part
 * @property {string} name what it is called on the command line
 * @property {string} does one line
 * @property {import('../check.mjs').Check[]} checks
 */

/** @param {Pick<Part, 'name' | 'does'>[]} parts */
export function list(parts) {
  const width = Math.max(...parts.map(({ name }) => name.length));
  return parts.map(({ name, does }) => `  ${name.padEnd(width)}  ${does}\n`).join('');
}

/**
 * Which parts to run, from the arguments of `npm run test:deep -- [part …] [--skip part,part]`: all of them when none is named. Throws an
 * error that says what there is to choose from.
 *
 * @template {Pick<Part, 'name' | 'does'>} P
 * @param {string[]} args
 * @param {P[]} parts
 * @returns {P[]}
 */
export function chooseParts(args, parts) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { skip: { type: 'string', multiple: true, default: [] } },
  });
  /** @param {string[]} given */
  const names = (given) => given.flatMap((one) => one.split(',')).filter(Boolean);
  const only = names(positionals);
  const skip = names(values.skip);
  const unknown = [...only, ...skip].filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0)
    throw new Error(`no part is named ${unknown.join(', ')}; there are\n${list(parts)}`);
  return parts.filter(({ name }) => (only.length === 0 || only.includes(name)) && !skip.includes(name));
}
