import type { Entry } from '../deliver/entry.js';

/** The entries that somebody waits for, wherever they are; linked through themselves, oldest first. */
export class OpenEntries {
  private first: Entry | undefined;
  private last: Entry | undefined;

  /** Monotonic ms: when the oldest was sent. */
  get oldestAt(): number | undefined {
    return this.first?.createdAt;
  }

  add(entry: Entry): void {
    entry.before = this.last;
    if (this.last === undefined) this.first = entry;
    else this.last.after = entry;
    this.last = entry;
  }

  remove(entry: Entry): void {
    const { before, after } = entry;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    // A dead entry in old space would keep its young neighbours alive.
    entry.before = entry.after = undefined;
  }

  *[Symbol.iterator](): Generator<Entry> {
    for (let entry = this.first; entry !== undefined; ) {
      const next: Entry | undefined = entry.after;
      yield entry;
      entry = next;
    }
  }
}
