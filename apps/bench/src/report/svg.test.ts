import { expect, it } from 'vitest';
import { chain, measured } from './results.fixture.js';
import { sectionsOf } from './scale.js';
import { renderSvg } from './svg.js';

const results = [chain(41), measured({ pass: false }), measured({ name: 'kafkajs-vs-batched/<&>/kafka' })];
const svg = renderSvg(
  sectionsOf(results, (name) => (name.startsWith('chain') ? 'ours' : 'ratio')),
  'Node "v20" & 2 cores',
);

it('is one well-formed picture', () => {
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 1000 \d+"[^]*<\/svg>\n$/);
  const opened = [...svg.matchAll(/<(svg|text)\b[^>]*>/g)].length;
  const closed = [...svg.matchAll(/<\/(svg|text)>/g)].length;
  expect(opened).toBe(closed);
  expect(svg).not.toContain('NaN');
});

it('escapes what it writes', () => {
  expect(svg).toContain('kafkajs-vs-batched/&lt;&amp;&gt;/kafka');
  expect(svg).toContain('Node &quot;v20&quot; &amp; 2 cores');
});

it('has a bar for each result, coloured by its success, and a line at each goal', () => {
  const bars = [...svg.matchAll(/<rect x="360" y="[\d.]+" width="([\d.]+)" height="12" fill="(#\w+)"/g)];
  expect(bars.map(([, , colour]) => colour)).toEqual(['#228833', '#ee6677', '#228833']);
  expect(bars.every(([, width]) => Number(width) > 0 && Number(width) <= 550)).toBe(true);
  expect([...svg.matchAll(/stroke-width="2"/g)]).toHaveLength(3);
});
