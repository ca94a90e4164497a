import { ProducerError } from '@holdfast/core';
import { isError } from '@holdfast/core/stage';

/** Returns a number with separated thousands, whatever the language of the machine. */
export const figure = (value: number): string => value.toLocaleString('en-US');

/** Returns `1 record` or `2 records`. */
export const count = (value: number, what: string): string =>
  `${figure(value)} ${what}${value === 1 ? '' : 's'}`;

const mebi = 1024 * 1024;

export const megabytes = (bytes: number): string =>
  `${(bytes / mebi).toLocaleString('en-US', { maximumFractionDigits: 1 })} MiB`;

/**
 * Returns text without characters that a terminal would obey or that would hide something. Names
 * and messages come from others.
 */
export const printable = (text: string): string =>
  text.replaceAll(/\p{C}/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);

const maxDateMs = 8.64e15;

/** Returns milliseconds since 1970 as a date, or unchanged when they are out of range. */
export const dateOf = (ms: number): string =>
  Math.abs(ms) <= maxDateMs ? new Date(ms).toISOString() : String(ms);

export const messageOf = (error: unknown): string => {
  if (ProducerError.is(error)) return `${error.code}: ${error.message}`;
  return isError(error) ? `${error.name}: ${error.message}` : String(error);
};

/** Returns aligned columns, with numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...texts.map((row) => row[column]?.length ?? 0)),
  );
  const isNumber = head.map((_, column) => typeof rows[0]?.[column] === 'number');
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell[isNumber[column] === true ? 'padStart' : 'padEnd'](widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [head, ...texts].map((cells) => `  ${line(cells)}\n`).join('');
}
