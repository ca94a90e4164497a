import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderChart, spokenChart } from './chart.js';
import { mergeFigures, readFigures, writeFigures } from './figures.js';
import type { Figure } from './json.js';
import { withChart, withFigures } from './readme.js';

/** A committed file, and how it is made from the kept figures and its earlier content. */
export const published: Readonly<Record<string, (figures: readonly Figure[], before: string) => string>> = {
  'apps/bench/figures.jsonl': writeFigures,
  'apps/bench/README.md': (figures, before) => withFigures(before, figures),
  'docs/figures/throughput.svg': renderChart,
  'README.md': (figures, before) => withChart(before, 'docs/figures/throughput.svg', spokenChart(figures)),
  'packages/adapter-kafkajs/README.md': (figures, before) =>
    withChart(before, '../../docs/figures/throughput.svg', spokenChart(figures)),
};

/** Relative to both `src` and `dist`. */
export const inRepository = (path: string): string =>
  fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/**
 * Replaces the kept figures of the same cases, and redraws what is made from them. Returns the
 * names of the files.
 */
export async function publish(newer: readonly Figure[]): Promise<readonly string[]> {
  const kept = readFigures(await readFile(inRepository('apps/bench/figures.jsonl'), 'utf8'));
  const figures = mergeFigures(kept, newer);
  for (const [path, make] of Object.entries(published)) {
    const file = inRepository(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, make(figures, await readFile(file, 'utf8').catch(() => '')));
  }
  return Object.keys(published);
}
