import { exitCodes } from '../exit-codes.js';
import type { Command } from './command.js';

const codes = `Exit code: ${Object.values(exitCodes)
  .map(({ code, means }) => `${code} ${means}`)
  .join('; ')}.
`;

/** Returns two columns, the second one aligned. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length)) + 2;
  return rows.map(([first, second]) => `  ${first.padEnd(width)}${second}\n`).join('');
}

/** Returns the help for all commands, or for those of one kind. */
export function helpOf(commands: readonly Command[]): string {
  const rows = commands.map(({ name, brief }): [string, string] => [name, brief]);
  return `Usage: holdfast <command> [options]

${columns(rows)}
Results go to stdout, progress and messages to stderr. See holdfast <command> --help for details.
${codes}`;
}

export function helpOfOne({ name, operands, description, options }: Command): string {
  const rows = Object.entries(options).map(([option, { value, help }]): [string, string] => [
    `--${option}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  return `Usage: holdfast ${name} ${operands} [options]

${description}

${columns([...rows, ['-h, --help', 'prints this text']])}
${codes}`;
}
