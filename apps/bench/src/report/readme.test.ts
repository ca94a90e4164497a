import { expect, it } from 'vitest';
import { figureFrom } from './figures.fixture.js';
import { withChart, withFigures } from './readme.js';

const begin = '<!-- figures: made by `npm run bench -- --publish` -->';
const end = '<!-- end of figures -->';

it('has a line for each figure between the two marks, and the rest unchanged', () => {
  const figures = [
    figureFrom({}),
    figureFrom({
      ...{ name: 'chain/3-layers/batch-100', unit: 'ns/record', ours: 75, raw: 20 },
      ...{ goal: { on: 'ours', is: 'at most', limit: 60 }, pass: false, rawCpuNs: undefined },
    }),
  ];
  const text = withFigures(`# Bench\n\n${begin}\n\nold\n\n${end}\n\nAfter.\n`, figures);
  const table = text.split('\n').slice(4, -5);
  expect(text).toMatch(/^# Bench\n\n<!-- figures[^]*<!-- end of figures -->\n\nAfter\.\n$/);
  expect(text).not.toContain('old');
  expect(table.map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    '| case | ratio | of the pairs | goal | ours | the other | CPU, ours | CPU, the other | load |',
    expect.stringMatching(/^\| -+ \| -+: \|( -+: \|){7}$/),
    '| `kafkajs-vs-batched/promises/1KiB/kafka` | 0.931 | 0.900 to 0.970 | ≥ 0.9 | 61,240 records/s | 65,000 | 12.3 µs | 11 µs | 0.5 |',
    '| `chain/3-layers/batch-100` | 0.931 | 0.900 to 0.970 | ≤ 60 ns/record, **missed** | 75 ns/record | 20 | 12.3 µs | | 0.5 |',
  ]);
  expect(new Set(table.map((line) => line.length)).size).toBe(1);
});

it('refuses a README without the marks', () => {
  expect(() => withFigures(`${end} ${begin}`, [])).toThrow(/no '<!-- figures/);
});

it('has the chart, with its description in lines that are not too long', () => {
  const spoken = Array.from({ length: 30 }, (_, index) => `word-${index}`).join(' ');
  const text = withChart(`${begin}\n${end}\n`, 'docs/a.svg', spoken);
  const lines = text.split('\n').slice(2, -3);
  expect(lines.join(' ')).toBe(`![${spoken}](docs/a.svg)`);
  expect(lines.every((line) => line.length <= 100)).toBe(true);
  expect(lines).toHaveLength(3);
});
