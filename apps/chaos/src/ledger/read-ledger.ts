import { readFile } from 'node:fs/promises';
import type { LedgerLine } from './ledger-line.js';

/** The lines of one life; none when it ended before it began to write. A last line that the kill cut off is left out. */
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
    throw new Error(`${path} has what is no line of a ledger: ${text.slice(0, 200)}`);
  return parsed;
}

// Both who writes and who reads is this program, of one build: the tag is enough.
function isLedgerLine(value: unknown): value is LedgerLine {
  return typeof value === 'object' && value !== null && 'is' in value;
}
