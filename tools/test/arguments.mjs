import { parseArgs } from 'node:util';

/**
 * Which checks to run, from the arguments of `npm test -- [--only a,b] [--skip c]`. Throws an error that says what is
 * there to choose from.
 *
 * @template {{ name: string }} C
 * @param {string[]} args
 * @param {C[]} checks
 * @returns {C[]}
 */
export function choose(args, checks) {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string', multiple: true }, skip: { type: 'string', multiple: true } },
  });
  /** @param {string[] | undefined} given */
  const names = (given) => given?.flatMap((list) => list.split(',')).filter(Boolean);
  const only = names(values.only);
  const skip = names(values.skip) ?? [];
  const known = checks.map((check) => check.name);
  const unknown = [...(only ?? []), ...skip].filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no check is named ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return checks.filter((check) => (only ? only.includes(check.name) : true) && !skip.includes(check.name));
}
