import { sceneName } from '../names.js';
import { brokenPromises, type Result } from '../verdict/result.js';

type Cell = (result: Result) => string;
type Column = readonly [title: string, cell: Cell];

const columns: readonly Column[] = [
  ['client', ({ client }) => client],
  ['act', sceneName],
  ['chain', ({ chain }) => chain],
  ['sent', ({ sent }) => whole(sent)],
  // With fire-and-forget, no caller is notified.
  ['acknowledged', ({ acknowledged, way }) => (way === 'fire-and-forget' ? '-' : whole(acknowledged))],
  ['in the topic', ({ inTopic }) => whole(inTopic)],
  ['lost', ({ lost, sent }) => (lost === 0 ? '0' : `${whole(lost)} (${share(lost, sent)})`)],
  ['rejected', ({ rejected, way }) => (way === 'fire-and-forget' && rejected === 0 ? '-' : whole(rejected))],
  ['duplicated', ({ duplicated }) => whole(duplicated)],
  ['out of order', ({ outOfOrder }) => whole(outOfOrder)],
];
/** The first columns, aligned to the left; the others are numbers, aligned to the right. */
const words = 3;

/** Shown where a record was dead-lettered. */
const ofDeadLetters: readonly Column[] = [
  ['dead-lettered', ({ tally }) => (tally === undefined ? '-' : whole(tally.deadLettered))],
  ['replayed', ({ tally }) => (tally === undefined ? '-' : whole(tally.replayed))],
];

/** Separates thousands, whatever the machine's language. */
export function whole(number: number): string {
  return number.toLocaleString('en-US');
}

function share(part: number, all: number): string {
  const percent = (100 * part) / all;
  return percent < 1 ? '<1 %' : `${Math.round(percent)} %`;
}

/** Returns the table at the end. Each line ends with a line feed. */
export function renderTable(results: readonly Result[], colours: boolean): string {
  const hasDeadLetters = results.some(({ tally }) => (tally?.deadLettered ?? 0) > 0);
  const shown = hasDeadLetters ? [...columns, ...ofDeadLetters] : columns;
  const rows = results.map((result) => shown.map(([, cell]) => cell(result)));
  const titles = shown.map(([title]) => title);
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
    const text = paint(result, line(rows[at] ?? []));
    return at === 0 || isSameScene(results[at - 1], result) ? [text] : ['', text];
  });
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [line(titles), rule, ...body, ''].join('\n');
}

const isSameScene = (one: Result | undefined, other: Result): boolean =>
  one?.client === other.client && sceneName(one) === sceneName(other);

/** The foreground colours of ECMA-48. */
const red = 31;
const green = 32;
const yellow = 33;

function colourOf(result: Result): number {
  if (result.chain === 'holdfast') return brokenPromises(result).length > 0 ? red : green;
  return result.lost > 0 || result.outOfOrder > 0 || result.duplicated > 0 ? yellow : green;
}
