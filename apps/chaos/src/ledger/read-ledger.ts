import { readFile } from 'node:fs/promises';
import type { LedgerLine } from './ledger-line.js';

/**
 * Returns the lines of one life: none when it ended before it wrote. Leaves out a last line that
 * the kill cut off.
 */
export async function readLedger(path: string): Promise<LedgerLine[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => lineOf(line, path));
}

function lineOf(text: string, path: string): LedgerLine {
  const parsed: unknown = JSON.parse(text);
  if (!isLedgerLine(parsed))
    throw new Error(`${path} contains a line that is not a ledger entry: ${text.slice(0, 200)}`);
  return parsed;
}

// The writer and the reader belong to the same build of this program, so the tag is enough.
function isLedgerLine(value: unknown): value is LedgerLine {
  return typeof value === 'object' && value !== null && 'is' in value;
}
