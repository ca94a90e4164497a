import { brokenPromises, type Result } from '../verdict/result.js';

type Cell = (result: Result) => string;

const columns: readonly (readonly [title: string, cell: Cell])[] = [
  ['client', ({ client }) => client],
  ['act', ({ act }) => act],
  ['chain', ({ chain }) => chain],
  ['sent', ({ sent }) => whole(sent)],
  ['acknowledged', ({ acknowledged }) => whole(acknowledged)],
  ['in the topic', ({ inTopic }) => whole(inTopic)],
  ['lost', ({ lost, sent }) => (lost === 0 ? '0' : `${whole(lost)} (${share(lost, sent)})`)],
  ['rejected', ({ rejected }) => whole(rejected)],
  ['duplicated', ({ duplicated }) => whole(duplicated)],
  ['out of order', ({ outOfOrder }) => whole(outOfOrder)],
];
/** So many columns are words, to the left; the others are numbers, to the right. */
const words = 3;

/** Thousands apart, whatever the machine's language. */
export function whole(number: number): string {
  return number.toLocaleString('en-US');
}

function share(part: number, all: number): string {
  const percent = (100 * part) / all;
  return percent < 1 ? '<1 %' : `${Math.round(percent)} %`;
}

/** The table at the end, lines with a line feed each. */
export function renderTable(results: readonly Result[], colours: boolean): string {
  const rows = results.map((result) => columns.map(([, cell]) => cell(result)));
  const titles = columns.map(([title]) => title);
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at < words ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  const paint = (result: Result, text: string): string =>
    colours ? `\u001b[${colourOf(result)}m${text}\u001b[39m` : text;
  const body = results.flatMap((result, at) => {
    const sameScene = results[at - 1]?.act === result.act && results[at - 1]?.client === result.client;
    const text = paint(result, line(rows[at] ?? []));
    return at === 0 || sameScene ? [text] : ['', text];
  });
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(titles), rule, ...body, ''].join('\n');
}

/** The foreground colours of ECMA-48. */
const red = 31;
const green = 32;
const yellow = 33;

function colourOf(result: Result): number {
  if (result.chain === 'holdfast') return brokenPromises(result).length > 0 ? red : green;
  return result.lost > 0 || result.outOfOrder > 0 || result.duplicated > 0 ? yellow : green;
}
