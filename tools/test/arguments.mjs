import { parseArgs } from 'node:util';

/**
 * Returns the checks to run, from the arguments of `npm test -- [--only a,b] [--skip c]`. Throws an
 * error that lists the checks when it does not know one of them.
 *
 * @template {{ name: string }} C
 * @param {string[]} args
 * @param {C[]} checks
 */
export function choose(args, checks) {
  const { values } = parseArgs({ args, options: { only: lists, skip: lists } });
  const unknown = (/** @type {string} */ names) =>
    `no check is named ${names}; there are ${checks.map(({ name }) => name).join(', ')}`;
  return select(checks, values, unknown);
}

/**
 * An option whose value is a list with commas, and that may be given several times.
 *
 * @type {{ type: 'string', multiple: true, default: string[] }}
 */
export const lists = { type: 'string', multiple: true, default: [] };

/**
 * Returns those of `all` that are named, in their own order: all of them when `only` is empty.
 *
 * @template {{ name: string }} N
 * @param {N[]} all
 * @param {{ only: string[], skip: string[] }} given lists with commas
 * @param {(names: string) => string} unknown the message of the error for names that are not in `all`
 */
export function select(all, given, unknown) {
  const names = (/** @type {string[]} */ texts) => texts.flatMap((text) => text.split(',')).filter(Boolean);
  const [only, skip] = [names(given.only), names(given.skip)];
  const wrong = [...only, ...skip].filter((name) => !all.some((one) => one.name === name));
  if (wrong.length > 0) throw new Error(unknown(wrong.join(', ')));
  return all.filter(({ name }) => (only.length === 0 || only.includes(name)) && !skip.includes(name));
}
