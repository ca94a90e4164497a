import type { Figure } from './json.js';
import { figure, goalText, ratioText } from './numbers.js';

const begin = '<!-- figures: made by `npm run bench -- --publish` -->';
const end = '<!-- end of figures -->';
/** The longest line of prose. */
const lineWidth = 100;

const columns: readonly (readonly [title: string, cell: (one: Figure) => string])[] = [
  ['case', (one) => `\`${one.case}\``],
  ['ratio', ({ ratio }) => ratioText(ratio)],
  ['of the pairs', ({ ratioMin, ratioMax }) => `${ratioText(ratioMin)} to ${ratioText(ratioMax)}`],
  ['goal', goalCell],
  ['ours', ({ ours, unit }) => `${figure(ours)} ${unit}`],
  ['the other', ({ raw }) => figure(raw)],
  ['CPU, ours', ({ oursCpuNs }) => micros(oursCpuNs)],
  ['CPU, the other', ({ rawCpuNs }) => micros(rawCpuNs)],
  ['load', ({ load }) => figure(load)],
];

/**
 * Returns the README with these figures between its two marks. Throws an Error when it has no such
 * marks.
 */
export const withFigures = (readme: string, figures: readonly Figure[]): string =>
  between(readme, tableOf(figures));

/**
 * Returns the README with the chart between its two marks, and with its figures as alternative
 * text. Throws as above.
 */
export const withChart = (readme: string, path: string, spoken: string): string =>
  between(readme, wrapped(`![${spoken}](${path})`));

function between(readme: string, content: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the README has no '${begin}' before '${end}'`);
  return `${readme.slice(0, from)}${begin}\n\n${content}\n\n${readme.slice(to)}`;
}

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= lineWidth)
      lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(word);
  }
  return lines.join('\n');
}

/** Aligns as prettier does: names to the left, numbers to the right. */
function tableOf(figures: readonly Figure[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...figures.map((one) => columns.map(([, cell]) => cell(one))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0), 3));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const [titles = '', ...others] = rows.map((row) =>
    line(row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))),
  );
  const dashes = line(
    widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
  );
  return [titles, dashes, ...others].join('\n');
}

function goalCell({ goal, goalOn, goalIs, unit, pass }: Figure): string {
  if (goal === null || goalOn === null || goalIs === null) return '';
  const text = goalText({ on: goalOn, is: goalIs, limit: Number(goal.toPrecision(3)) }, unit);
  return pass === false ? `${text}, **missed**` : text;
}

const micros = (ns: number | null): string => (ns === null ? '' : `${figure(ns / 1_000)} µs`);
