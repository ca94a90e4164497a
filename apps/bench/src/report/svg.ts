import { figure, ratioText } from './numbers.js';
import type { Bar, Section } from './scale.js';

const width = 1_000;
const left = 360;
const right = 90;
const rowHeight = 22;
const barHeight = 12;
const titleHeight = 40;
const top = 60;

/** Distinguishable without telling red from green: https://personal.sron.nl/~pault/ */
const colours = { met: '#228833', missed: '#ee6677', none: '#4477aa', goal: '#222222' };

/**
 * The results as a standalone SVG: a bar for the median, a whisker over the pairs, a line at the
 * goal.
 */
export function renderSvg(sections: readonly Section[], caption: string): string {
  const parts: string[] = [];
  let y = top;
  for (const section of sections) {
    parts.push(...drawSection(section, y));
    y += titleHeight + section.bars.length * rowHeight;
  }
  const height = y + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(20, 24, 'Holdfast: bench', 'font-size="16" font-weight="bold"'),
    text(20, 44, caption, 'fill="#555"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function drawSection(section: Section, y: number): string[] {
  const unit = section.bars[0]?.result.unit ?? '';
  const title = `${section.name}: ${section.shows === 'ratio' ? 'ours ÷ raw' : unit}`;
  const x = (value: number): number => round(left + (value / section.end) * (width - left - right));
  const bottom = y + titleHeight + section.bars.length * rowHeight;
  const one =
    section.shows === 'ratio'
      ? [
          `<line x1="${x(1)}" x2="${x(1)}" y1="${y + 30}" y2="${bottom - 6}" stroke="#bbb" stroke-dasharray="3 3"/>`,
        ]
      : [];
  return [
    text(20, y + 22, title, 'font-weight="bold"'),
    ...one,
    ...section.bars.flatMap((bar, row) => drawBar(bar, section, x, y + titleHeight + row * rowHeight)),
  ];
}

function drawBar(bar: Bar, { shows }: Section, x: (value: number) => number, y: number): string[] {
  const { result, value, range, goal } = bar;
  const colour = result.pass === undefined ? colours.none : result.pass ? colours.met : colours.missed;
  const middle = y + barHeight / 2;
  const length = Math.max(0, round(x(value) - left));
  const drawn = [
    text(left - 10, y + 10, result.name, 'text-anchor="end"'),
    `<rect x="${left}" y="${y}" width="${length}" height="${barHeight}" fill="${colour}"/>`,
  ];
  if (range !== undefined) {
    const [from, to] = range;
    drawn.push(`<line x1="${x(from)}" x2="${x(to)}" y1="${middle}" y2="${middle}" stroke="#000"/>`);
  }
  if (goal !== undefined) {
    const at = x(goal);
    drawn.push(
      `<line x1="${at}" x2="${at}" y1="${y - 3}" y2="${y + barHeight + 3}" stroke="${colours.goal}" stroke-width="2"/>`,
    );
  }
  const end = x(Math.max(value, range?.[1] ?? 0, goal ?? 0));
  drawn.push(text(end + 6, y + 10, shows === 'ratio' ? ratioText(value) : figure(value)));
  return drawn;
}

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeText(content)}</text>`;

export const escapeText = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const round = (value: number): number => Math.round(value * 10) / 10;
