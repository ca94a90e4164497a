import { isError } from '@holdfast/core/stage';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Command, Run } from './command.js';
import { Given, type Values } from './parsed-arguments.js';
import { helpOf, helpOfOne } from './help.js';
import { UsageError } from './usage-error.js';

export type Parsed = { readonly text: string } | { readonly run: Run };

const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h' || word === 'help';

/** Finds the command, and reads its options. Throws one {@link UsageError} that names every problem. */
export function parse(argv: readonly string[], commands: readonly Command[], version: string): Parsed {
  const [kind, verb, ...rest] = argv;
  if (isHelp(kind)) return { text: helpOf(commands) };
  if (kind === '--version') return { text: `${version}\n` };
  const ofKind = commands.filter(({ name }) => name.startsWith(`${kind} `));
  if (kind === undefined || ofKind.length === 0) throw unknownCommand(kind, commands);
  if (isHelp(verb)) return { text: helpOf(ofKind) };
  const command = ofKind.find(({ name }) => name === `${kind} ${verb}`);
  if (command === undefined) throw unknownCommand(verb === undefined ? kind : `${kind} ${verb}`, ofKind);
  return parseOptions(command, rest);
}

function unknownCommand(given: string | undefined, commands: readonly Command[]): UsageError {
  const names = commands.map(({ name }) => name).join(', ');
  return new UsageError([`the commands are ${names}${given === undefined ? '' : `, not '${given}'`}`]);
}

function parseOptions(command: Command, args: readonly string[]): Parsed {
  const { values, positionals } = read(command, args);
  if (values['help'] === true) return { text: helpOfOne(command) };
  const given = new Given(values, positionals);
  const run = command.prepare(given);
  given.check();
  return { run };
}

function read(
  { options }: Command,
  args: readonly string[],
): { readonly values: Values; readonly positionals: readonly string[] } {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { type, multiple = false }] of Object.entries(options)) config[name] = { type, multiple };
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: config });
  } catch (error) {
    throw new UsageError([isError(error) ? error.message : String(error)]);
  }
}
