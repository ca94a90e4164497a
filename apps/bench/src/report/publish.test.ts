import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findCase } from '../cases/catalogue.js';
import { readFigures } from './figures.js';
import { inRepository, published } from './publish.js';

const read = (path: string): string => readFileSync(inRepository(path), 'utf8');
const figures = readFigures(read('apps/bench/figures.jsonl'));

describe('the committed files', () => {
  it.each(Object.entries(published))('%s is of the figures that are kept', (path, make) => {
    // `npm run bench -- --redraw` makes it up to date again.
    expect(read(path)).toBe(make(figures, read(path)));
  });

  it('have a chart with all its bars', () => {
    expect([...read('docs/figures/throughput.svg').matchAll(/<rect class="(ours|other)"/g)]).toHaveLength(5);
  });

  it.each(figures)('$case is a case, has its goal of today, and was no smoke test', (figure) => {
    expect(figure.goal).toBe(findCase(figure.case).goal?.limit ?? null);
    expect(figure.quick).toBe(false);
    expect(figure.pairs).toBeGreaterThanOrEqual(7);
  });
});
