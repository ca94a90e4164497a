import { parseArgs, type ParseArgsConfig } from 'node:util';
import { unknownCommand, wrongArguments } from '../errors.js';
import type { Command, Run } from './command.js';
import { helpOf, helpOfOne } from './help.js';
import { ParsedArguments, type OptionValues } from './parsed-arguments.js';

export type Parsed = { readonly text: string } | { readonly run: Run };

const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h' || word === 'help';

/** Finds the command and reads its options. Throws one `UsageError` that names every problem. */
export function parse(argv: readonly string[], commands: readonly Command[], version: string): Parsed {
  const [kind, verb, ...rest] = argv;
  if (isHelp(kind)) return { text: helpOf(commands) };
  if (kind === '--version') return { text: `${version}\n` };
  const ofKind = commands.filter(({ name }) => name.startsWith(`${kind} `));
  if (kind === undefined || ofKind.length === 0) throw unknownCommand(kind, namesOf(commands));
  if (isHelp(verb)) return { text: helpOf(ofKind) };
  const command = ofKind.find(({ name }) => name === `${kind} ${verb}`);
  if (command === undefined)
    throw unknownCommand(verb === undefined ? kind : `${kind} ${verb}`, namesOf(ofKind));
  return parseOptions(command, rest);
}

const namesOf = (commands: readonly Command[]): string[] => commands.map(({ name }) => name);

function parseOptions(command: Command, argv: readonly string[]): Parsed {
  const { values, positionals } = read(command, argv);
  if (values['help'] === true) return { text: helpOfOne(command) };
  const args = new ParsedArguments(values, positionals);
  const run = command.prepare(args);
  args.check();
  return { run };
}

function read(
  { options }: Command,
  argv: readonly string[],
): { readonly values: OptionValues; readonly positionals: readonly string[] } {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const [name, { type, multiple = false }] of Object.entries(options)) config[name] = { type, multiple };
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: config });
  } catch (error) {
    throw wrongArguments(error);
  }
}
