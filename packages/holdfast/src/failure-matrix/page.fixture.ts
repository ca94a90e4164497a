import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The tables of a Markdown page by the heading above, and the rows of each by their first cell. */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

const path = fileURLToPath(new URL('../../../../docs/failure-matrix.md', import.meta.url));

export function readTables(text = readFileSync(path, 'utf8')): Tables {
  const tables = new Map<string, Map<string, readonly string[]>>();
  let heading = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3).trim();
    else if (line.startsWith('| ') && !line.startsWith('| -')) {
      const [first = '', ...rest] = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      const table = tables.get(heading) ?? new Map<string, readonly string[]>();
      tables.set(heading, table.set(first, rest));
    }
  }
  return tables;
}
