import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.js';
import { Given } from './given.js';
import { nearest } from './nearest.js';
import type { CommandSpec, OptionSpecs } from './spec.js';

/**
 * Returns 'help' when the user asks for it. Throws one {@link UsageError} that names every problem.
 */
export function readCommandLine<T, O extends OptionSpecs>(
  argv: readonly string[],
  spec: CommandSpec<T, O>,
): T | 'help' {
  const { given, isHelp } = parse(argv, spec.options);
  if (isHelp) return 'help';
  if (spec.operands === undefined)
    for (const one of given.operands) given.refuse(`unexpected argument '${one}'`);
  const result = spec.read(given);
  if (given.problems.length > 0) throw new UsageError(given.problems.join('; '));
  return result;
}

/** The same for a program with several commands: the first argument is the name of one. */
export function readCommand<T>(
  argv: readonly string[],
  commands: { readonly [name: string]: CommandSpec<T> },
): T | 'help' {
  const [name, ...rest] = argv;
  if (name === '--help' || name === '-h' || name === 'help') return 'help';
  const names = Object.keys(commands);
  const list = names.join(', ');
  if (name === undefined) throw new UsageError(`a command is missing: one of ${list}`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return readCommandLine(rest, command);
  throw new UsageError(
    `unknown command '${name}'${suggestion(nearest(name, names))}; the commands are ${list}`,
  );
}

function parse<O extends OptionSpecs>(argv: readonly string[], options: O) {
  const types = Object.entries(options).map(
    ([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const,
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...Object.fromEntries(types), help: { type: 'boolean', short: 'h' } },
    // Not strict, so that every problem is reported at once.
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const operands = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []));
  const given = new Given<keyof O & string>(values, operands);
  let isHelp = false;
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (name === 'help') isHelp = true;
    else if (option === undefined) given.refuse(unknownOption(rawName, Object.keys(options)));
    else if (option.value === undefined && value !== undefined) given.refuse(`${rawName} takes no value`);
    else if (option.value !== undefined && (value === undefined || (!inlineValue && value.startsWith('-'))))
      given.refuse(`${rawName}: ${option.value} is missing`);
    else values.set(name, [...(values.get(name) ?? []), value ?? '']);
  }
  return { given, isHelp };
}

function unknownOption(rawName: string, options: readonly string[]): string {
  const names = [...options, 'help'].map((name) => `--${name}`);
  return `unknown option '${rawName}'${suggestion(nearest(rawName, names))}`;
}

const suggestion = (name: string | undefined): string =>
  name === undefined ? '' : ` (did you mean '${name}'?)`;
