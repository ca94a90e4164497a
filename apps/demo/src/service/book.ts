import { acknowledged, onceUnknown, rejected, type Ledger } from '../verdict/ledger.js';
import type { Progress } from './messages.js';

const firstSize = 65_536;

/** The service's own notes: what it handed to `send`, and what it heard. */
export class Book {
  private flags = new Uint8Array(firstSize);
  private sent = 0;
  private acknowledgedCount = 0;
  private rejectedCount = 0;
  private readonly errors = new Map<string, number>();
  private readonly uncaught: string[] = [];

  progress(): Progress {
    return { sent: this.sent, acknowledged: this.acknowledgedCount, rejected: this.rejectedCount };
  }

  get unanswered(): number {
    return this.sent - this.acknowledgedCount - this.rejectedCount;
  }

  /** The number of the record that is sent now. */
  next(): number {
    if (this.sent === this.flags.length) {
      const larger = new Uint8Array(2 * this.flags.length);
      larger.set(this.flags);
      this.flags = larger;
    }
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

  ledger(): Ledger {
    return {
      flags: this.flags.slice(0, this.sent),
      errors: Object.fromEntries(this.errors),
      uncaught: [...this.uncaught],
    };
  }

  private flag(n: number, flag: number): void {
    this.flags[n] = (this.flags[n] ?? 0) | flag;
  }
}

/** Holdfast's errors have a code that says more than the class does. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
