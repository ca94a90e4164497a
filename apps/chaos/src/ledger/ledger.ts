import { closeSync, openSync, writeSync } from 'node:fs';
import type { LedgerLine } from './ledger-line.js';

/**
 * What the victim writes down about itself, a file for each of its lives. Every line is with the operating system when `write`
 * returns, so that `kill -9` takes nothing of it.
 */
export class Ledger {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'ax', 0o600);
  }

  write(line: LedgerLine): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.file);
  }
}
