import { expect, it } from 'vitest';
import { renderChart, spokenChart } from './chart.js';
import { figureFrom } from './figures.fixture.js';

const name = 'kafkajs-vs-batched/promises/1KiB/kafka';
const figures = [
  figureFrom({ name, ours: 200_400, raw: 71_000, oursCpuNs: 4_200, rawCpuNs: 14_500 }),
  figureFrom({ name: 'kafkajs-vs-java/promises/1KiB/kafka', raw: 110_000, rawCpuNs: undefined }),
];
const chart = renderChart(figures);

it('has a bar for each measured figure, proportional to the rate', () => {
  const bars = [...chart.matchAll(/<rect class="(ours|other)" x="170" y="\d+" width="(\d+)"/g)];
  expect(bars.map(([, side, width]) => [side, Number(width)])).toEqual([
    ['other', Math.round((71 / 200) * 320)],
    ['other', Math.round((110 / 200) * 320)],
    ['ours', 320],
  ]);
});

it('has the same content as text', () => {
  const spoken =
    "kafkajs, batched: 71,000, 14.5 µs; Java's producer: 110,000; Holdfast, in memory: 200,000, 4.2 µs";
  expect(chart).toContain(`<desc id="desc">${spoken}</desc>`);
  expect(spokenChart(figures)).toBe(`Records per second, 1 KiB each, acks=all: ${spoken}`);
  expect(chart).toContain('role="img" aria-labelledby="title desc"');
});

it('has its own background and text in light and dark mode', () => {
  const [light, dark] = chart.split('@media (prefers-color-scheme: dark)');
  for (const part of [light, dark]) {
    for (const colour of ['back', 'text', 'dim', 'other', 'ours']) {
      expect(part).toMatch(new RegExp(`\\.${colour} \\{ fill: #[0-9a-f]{6} \\}`));
    }
  }
});
