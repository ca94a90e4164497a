import { ProducerError } from '@holdfast/core';
import { isError } from '@holdfast/core/stage';

/** Thousands apart, whatever the machine's language. */
export const figure = (value: number): string => value.toLocaleString('en-US');

/** `1 record`, `2 records`. */
export const count = (value: number, what: string): string =>
  `${figure(value)} ${what}${value === 1 ? '' : 's'}`;

const mebi = 1024 * 1024;

export const megabytes = (bytes: number): string =>
  `${(bytes / mebi).toLocaleString('en-US', { maximumFractionDigits: 1 })} MiB`;

/** Without what a terminal would obey, or what would hide something: names and messages are others' words. */
export const printable = (text: string): string =>
  text.replaceAll(/\p{C}/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);

const mostDateMs = 8.64e15;

/** Milliseconds since 1970 as a date; as they are when they are none. */
export const dateOf = (ms: number): string =>
  Math.abs(ms) <= mostDateMs ? new Date(ms).toISOString() : String(ms);

export const messageOf = (error: unknown): string => {
  if (ProducerError.is(error)) return `${error.code}: ${error.message}`;
  return isError(error) ? `${error.name}: ${error.message}` : String(error);
};

/** Columns, numbers to the right. */
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
