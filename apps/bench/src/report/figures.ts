import { allCases } from '../cases/catalogue.js';
import type { Figure } from './json.js';

/** The figures that are kept in the repository: the newest of each case, a JSON object a line, as `--json` prints them. */
export const readFigures = (text: string): readonly Figure[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Figure);

/** The newer of both where both have the case, in the order of the catalogue; of cases that are no more, none. */
export function mergeFigures(kept: readonly Figure[], newer: readonly Figure[]): readonly Figure[] {
  const byCase = new Map([...kept, ...newer].map((figure) => [figure.case, figure]));
  return allCases.flatMap(({ name }) => byCase.get(name) ?? []);
}

export const writeFigures = (figures: readonly Figure[]): string =>
  figures.map((figure) => `${JSON.stringify(figure)}\n`).join('');
