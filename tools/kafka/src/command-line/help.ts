import type { CommandSpec, OptionSpecs } from './spec.js';

type Row = readonly [name: string, help: string];

/** The options of a program, a line for each. */
export const optionsHelp = (options: OptionSpecs): string => columns([...rowsOf(options), helpRow]);

/** The commands of a program, each with its own options below it. */
export function commandsHelp(commands: { readonly [name: string]: CommandSpec<unknown> }): string {
  const rows = Object.entries(commands).flatMap(([name, { operands, does = '', options }]): Row[] => [
    [operands === undefined ? name : `${name} ${operands}`, does],
    ...rowsOf(options).map(([option, help]): Row => [`  ${option}`, help]),
  ]);
  return columns([...rows, helpRow]);
}

const helpRow: Row = ['-h, --help', 'this text'];

const rowsOf = (options: OptionSpecs): Row[] =>
  Object.entries(options).map(([name, { value, help }]) => [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    help,
  ]);

function columns(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const indent = ' '.repeat(width + 2);
  return rows
    .map(([name, help]) => `  ${name.padEnd(width)}${help.replaceAll('\n', `\n${indent}`)}\n`)
    .join('');
}
