import type { Figure } from './json.js';
import { figure } from './numbers.js';
import { escapeText } from './svg.js';

interface Entry {
  readonly label: string;
  /** The name of the case with its figure. */
  readonly case: string;
  readonly side: 'ours' | 'raw';
}

const entries: readonly Entry[] = [
  { label: 'kafkajs, batched', case: 'kafkajs-vs-batched/promises/1KiB/kafka', side: 'raw' },
  { label: "Java's producer", case: 'kafkajs-vs-java/promises/1KiB/kafka', side: 'raw' },
  { label: "Java's producer, tuned", case: 'kafkajs-vs-java-tuned/promises/1KiB/kafka', side: 'raw' },
  { label: 'Holdfast, in memory', case: 'kafkajs-vs-batched/promises/1KiB/kafka', side: 'ours' },
  { label: 'Holdfast, on disk first', case: 'journal-kafkajs-vs-batched/callbacks/1KiB/kafka', side: 'ours' },
];

const width = 640;
const left = 170;
/** Room for the numbers behind the longest bar. */
const right = 150;
const top = 64;
const rowHeight = 30;
const barHeight = 18;

/** Background and text change together, so that they are readable on any page. */
const style = `
  .back { fill: #ffffff } .text { fill: #1f2328 } .dim { fill: #59636e }
  .other { fill: #8c959f } .ours { fill: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 } .text { fill: #f0f6fc } .dim { fill: #9198a1 }
    .other { fill: #656c76 } .ours { fill: #2ea043 }
  }`;

type Bar = Entry & { readonly rate: number; readonly cpu: string };

const title = 'Records per second, 1 KiB each, acks=all';

/** Returns the content of {@link renderChart} as text. */
export const spokenChart = (figures: readonly Figure[]): string => `${title}: ${spoken(barsOf(figures))}`;

const spoken = (bars: readonly Bar[]): string =>
  bars.map(({ label, rate, cpu }) => `${label}: ${figure(rate)}${cpu && `, ${cpu}`}`).join('; ');

/**
 * The chart of the READMEs: records per second of Holdfast and its rivals, as far as they are
 * measured.
 */
export function renderChart(figures: readonly Figure[]): string {
  const bars = barsOf(figures);
  const most = Math.max(...bars.map(({ rate }) => rate));
  const height = top + bars.length * rowHeight + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    '  role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="13">',
    `<title id="title">${escapeText(title)}</title>`,
    `<desc id="desc">${escapeText(spoken(bars))}</desc>`,
    `<style>${style}\n</style>`,
    `<rect class="back" width="${width}" height="${height}" rx="6"/>`,
    `<text class="text" x="16" y="26" font-size="15" font-weight="bold">${escapeText(title)}</text>`,
    `<text class="dim" x="16" y="46">${escapeText('six partitions, one broker on the same two cores; µs of processor time per record')}</text>`,
    ...bars.flatMap(({ label, side, rate, cpu }, row) => {
      const y = top + row * rowHeight;
      const length = Math.round((rate / most) * (width - left - right));
      return [
        `<text class="text" x="${left - 10}" y="${y + 14}" text-anchor="end">${escapeText(label)}</text>`,
        `<rect class="${side === 'ours' ? 'ours' : 'other'}" x="${left}" y="${y}" width="${length}" height="${barHeight}" rx="2"/>`,
        `<text class="text" x="${left + length + 8}" y="${y + 14}">${figure(rate)}<tspan class="dim">${cpu && `  ${cpu}`}</tspan></text>`,
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

const barsOf = (figures: readonly Figure[]): readonly Bar[] =>
  entries.flatMap((entry) => {
    const found = figures.find((one) => one.case === entry.case);
    return found === undefined ? [] : [barOf(entry, found)];
  });

function barOf(entry: Entry, found: Figure): Bar {
  const cpuNs = entry.side === 'ours' ? found.oursCpuNs : found.rawCpuNs;
  // Thousands: more than two or three digits would suggest a precision that the measurement does
  // not have.
  const rate = Math.round(found[entry.side] / 1_000) * 1_000;
  return { ...entry, rate, cpu: cpuNs === null ? '' : `${(cpuNs / 1_000).toFixed(1)} µs` };
}
