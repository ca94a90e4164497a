import { allCases } from '../cases/catalogue.js';
import type { Figure } from './json.js';

/**
 * The figures in the repository: the newest of each case, one JSON object per line, as `--json`
 * prints them.
 */
export const readFigures = (text: string): readonly Figure[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Figure);

/**
 * Returns the newer of both where both have the case, in the order of the catalogue. Drops cases
 * that no longer exist.
 */
export function mergeFigures(kept: readonly Figure[], newer: readonly Figure[]): readonly Figure[] {
  const byCase = new Map([...kept, ...newer].map((figure) => [figure.case, figure]));
  return allCases.flatMap(({ name }) => byCase.get(name) ?? []);
}

export const writeFigures = (figures: readonly Figure[]): string =>
  figures.map((figure) => `${JSON.stringify(figure)}\n`).join('');
