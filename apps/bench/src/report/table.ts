import { isMeasured, type Measured, type Result } from '../measure/result.js';
import { figure, goalText, ratioText } from './numbers.js';
import type { Bar, Section } from './scale.js';

const barWidth = 30;
const full = '█';
const goalMark = '│';
/** A cell's eighths, from 1 to 7. */
const parts = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** The foreground colours of ECMA-48. */
const colours = { red: 31, green: 32 };

/** Returns a text bar for a value on a scale from 0 to `end`, with a mark at `goal`. */
export function textBar(value: number, end: number, goal: number | undefined): string {
  const eighths = Math.round((Math.max(0, Math.min(value, end)) / end) * barWidth * 8);
  const cells = [...full.repeat(eighths >> 3), parts[(eighths & 7) - 1] ?? ''].join('').padEnd(barWidth);
  if (goal === undefined) return cells;
  const at = Math.min(barWidth - 1, Math.round((goal / end) * barWidth));
  return cells.slice(0, at) + goalMark + cells.slice(at + 1);
}

const columns: readonly (readonly [title: string, cell: (bar: Bar) => string])[] = [
  ['ratio', ({ result }) => ratioText(result.ratio)],
  ['min–max', ({ result }) => `${ratioText(result.ratioMin)}–${ratioText(result.ratioMax)}`],
  ['ours', ({ result }) => figure(result.ours)],
  ['raw', ({ result }) => figure(result.raw)],
  ['unit', ({ result }) => result.unit],
  ['CPU µs ours', ({ result }) => micros(result.oursCpuNs)],
  ['CPU µs raw', ({ result }) => micros(result.rawCpuNs)],
  ['goal', ({ result }) => (result.goal === undefined ? '' : goalText(result.goal, result.unit))],
  ['', ({ result }) => ({ true: '✓', false: '✗ missed', undefined: '' })[`${result.pass}`]],
];

/** Returns the table at the end, with a part for each section. Each line ends with a line feed. */
export function renderTable(
  sections: readonly Section[],
  results: readonly Result[],
  coloured: boolean,
): string {
  const bars = sections.flatMap((section) => section.bars);
  const nameWidth = Math.max(4, ...bars.map(({ result }) => result.name.length));
  const widths = columns.map(([title, cell]) =>
    Math.max(title.length, ...bars.map((bar) => cell(bar).length)),
  );
  const line = (name: string, bar: string, cells: readonly string[]): string => {
    const padded = cells.map((cell, at) => cell.padStart(widths[at] ?? 0));
    return [name.padEnd(nameWidth), bar.padEnd(barWidth), ...padded].join('  ').trimEnd();
  };
  const paint = (text: string, { pass }: Measured): string =>
    coloured && pass !== undefined ? `\u001b[${pass ? colours.green : colours.red}m${text}\u001b[39m` : text;
  const lines = sections.flatMap((section) => [
    line(
      'case',
      section.shows === 'ratio' ? 'ratio' : 'ours',
      columns.map(([title]) => title),
    ),
    ...section.bars.map((bar) => {
      const cells = columns.map(([, cell]) => cell(bar));
      return paint(line(bar.result.name, textBar(bar.value, section.end, bar.goal), cells), bar.result);
    }),
    '',
  ]);
  const problems = results.flatMap((result) =>
    isMeasured(result) ? [] : [`${result.name}: not measured: ${result.problem}`],
  );
  return [...lines, ...problems, ''].join('\n');
}

const micros = (ns: number | undefined): string => (ns === undefined ? '' : figure(ns / 1_000));
