import { closeSync, openSync, writeSync } from 'node:fs';
import type { LedgerLine } from './ledger-line.js';

/**
 * The victim's notes about itself, one file per life. The operating system has each line when
 * `write` returns, so `kill -9` loses none of it.
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
