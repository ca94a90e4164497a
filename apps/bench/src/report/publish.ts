import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderChart, spokenChart } from './chart.js';
import { mergeFigures, readFigures, writeFigures } from './figures.js';
import type { Figure } from './json.js';
import { withChart, withFigures } from './readme.js';

/** What is committed, and how it is made of the figures that are kept and of what it was. */
export const published: Readonly<Record<string, (figures: readonly Figure[], before: string) => string>> = {
  'apps/bench/figures.jsonl': writeFigures,
  'apps/bench/README.md': (figures, before) => withFigures(before, figures),
  'docs/figures/throughput.svg': renderChart,
  'README.md': (figures, before) => withChart(before, 'docs/figures/throughput.svg', spokenChart(figures)),
  'packages/adapter-kafkajs/README.md': (figures, before) =>
    withChart(before, '../../docs/figures/throughput.svg', spokenChart(figures)),
};

/** Seen from both `src` and `dist`. */
export const inRepository = (path: string): string =>
  fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** Puts these figures over those that are kept of the same cases, and makes anew what is made of all. Answers what that is. */
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
