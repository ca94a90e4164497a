import * as fs from 'node:fs';
import type { Counted } from '../verdict/conservation.js';
import { acknowledged, onceUnknown, rejected, unheard, type Ledger } from '../verdict/ledger.js';

const firstSize = 65_536;

export interface BookOptions {
  /**
   * Writes every note to that file at once. A book that is opened on the same file again continues
   * it.
   */
  readonly path?: string | undefined;
  /** False: fire-and-forget, no caller waits for an answer. Default true. */
  readonly answers?: boolean;
}

/** How much has been noted. */
export interface Noted {
  /** Records passed to `send`. */
  readonly sent: number;
  readonly acknowledged: number;
  readonly rejected: number;
}

/** The service's own notes: what it passed to `send`, and the results. */
export class Book {
  private flags = new Uint8Array(firstSize);
  private sent = 0;
  private acknowledgedCount = 0;
  private rejectedCount = 0;
  private readonly errors = new Map<string, number>();
  private readonly uncaught: string[] = [];
  private readonly file: number | undefined;
  /** Records sent by an earlier process, and among these the ones whose callers are gone. */
  readonly before: number = 0;
  private readonly forgotten: number = 0;

  private readonly first: number;

  constructor({ path, answers = true }: BookOptions = {}) {
    this.first = answers ? 0 : unheard;
    if (path === undefined) return;
    this.file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    const notes = fs.readFileSync(path);
    this.before = this.sent = notes.length;
    this.flags = new Uint8Array(Math.max(firstSize, 2 * notes.length));
    this.flags.set(notes);
    for (const flag of notes) {
      if ((flag & acknowledged) !== 0) this.acknowledgedCount++;
      else if ((flag & rejected) !== 0) this.rejectedCount++;
    }
    this.forgotten = this.unanswered;
  }

  noted(): Noted {
    return { sent: this.sent, acknowledged: this.acknowledgedCount, rejected: this.rejectedCount };
  }

  /** Records of this process, which its producer's counts should match. */
  counted(): Counted {
    const unanswered = this.first === unheard ? undefined : this.unanswered;
    return { sent: this.sent - this.before, unanswered };
  }

  /** Records that a caller waits for. */
  get unanswered(): number {
    return this.first === unheard
      ? 0
      : this.sent - this.acknowledgedCount - this.rejectedCount - this.forgotten;
  }

  /** Returns the number of the record that is sent now. */
  next(): number {
    if (this.sent === this.flags.length) {
      const larger = new Uint8Array(2 * this.flags.length);
      larger.set(this.flags);
      this.flags = larger;
    }
    this.flag(this.sent, this.first);
    return this.sent++;
  }

  acknowledge(n: number): void {
    this.acknowledgedCount++;
    this.flag(n, acknowledged);
  }

  reject(n: number, error: unknown): void {
    this.rejectedCount++;
    this.flag(n, rejected);
    const name = nameOf(error);
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1);
  }

  wasUnknown(n: number): void {
    this.flag(n, onceUnknown);
  }

  nobodyCaught(error: unknown): void {
    if (this.uncaught.length < 10) this.uncaught.push(String(error));
  }

  ledger(): Omit<Ledger, 'conservation'> {
    return {
      flags: this.flags.slice(0, this.sent),
      errors: Object.fromEntries(this.errors),
      uncaught: [...this.uncaught],
    };
  }

  private flag(n: number, flag: number): void {
    this.note(n, (this.flags[n] = (this.flags[n] ?? 0) | flag));
  }

  private note(n: number, flags: number): void {
    if (this.file !== undefined) fs.writeSync(this.file, Uint8Array.of(flags), 0, 1, n);
  }
}

/** Holdfast's errors have a code, which is more precise than the class. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
