import { parseArgs } from 'node:util';
import { lists, select } from '../arguments.mjs';

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
 * Returns the parts to run, from the arguments of `npm run test:deep -- [part …] [--skip
 * part,part]`: all of them when none is named. Throws an error that lists the parts when it does
 * not know one of them.
 *
 * @template {Pick<Part, 'name' | 'does'>} P
 * @param {string[]} args
 * @param {P[]} parts
 */
export function chooseParts(args, parts) {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { skip: lists } });
  const unknown = (/** @type {string} */ names) => `no part is named ${names}; there are\n${list(parts)}`;
  return select(parts, { only: positionals, skip: values.skip }, unknown);
}
