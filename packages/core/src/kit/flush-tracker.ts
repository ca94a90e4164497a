interface Mark {
  /** Counts what was created after the mark before it, up to this moment. */
  readonly at: number;
  left: number;
  readonly done: (() => void)[];
}

/**
 * Tracks whether everything that existed at a given moment is settled, while newer records keep
 * coming, with a few counters instead of a set of records. A stage that queues uses it for its
 * `flush`. It distinguishes deliveries by `createdAt`, so those of the same millisecond count
 * together.
 */
export class FlushTracker {
  /** One for each moment somebody waits for, oldest first. */
  private marks: Mark[] = [];
  private sinceLastMark = 0;

  get held(): number {
    let held = this.sinceLastMark;
    for (const { left } of this.marks) held += left;
    return held;
  }

  add(createdAt: number): void {
    const mark = this.marks.length === 0 ? undefined : this.markOf(createdAt);
    if (mark === undefined) this.sinceLastMark++;
    else mark.left++;
  }

  remove(createdAt: number): void {
    const mark = this.marks.length === 0 ? undefined : this.markOf(createdAt);
    if (mark === undefined) this.sinceLastMark--;
    else if (--mark.left === 0) this.resolveEmpty();
  }

  /** Resolves when nothing is held that was created at `now` or before. */
  drained(now: number): Promise<void> {
    if (this.held === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const last = this.marks.at(-1);
      if (last !== undefined && last.at >= now) {
        last.done.push(resolve);
        return;
      }
      this.marks.push({ at: now, left: this.sinceLastMark, done: [resolve] });
      this.sinceLastMark = 0;
      this.resolveEmpty();
    });
  }

  /** Forgets all: what is held will never come back. */
  clear(): void {
    this.sinceLastMark = 0;
    for (const mark of this.marks) mark.left = 0;
    this.resolveEmpty();
  }

  private markOf(createdAt: number): Mark | undefined {
    const last = this.marks.at(-1);
    if (last === undefined || createdAt > last.at) return undefined;
    // The first mark at or after that moment: a flush that timed out leaves its mark, so there may
    // be many.
    let low = 0;
    let high = this.marks.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const mark = this.marks[middle];
      if (mark !== undefined && mark.at < createdAt) low = middle + 1;
      else high = middle;
    }
    return this.marks[low];
  }

  // An emptied mark waits for those before it: they count what is older.
  private resolveEmpty(): void {
    while (this.marks[0]?.left === 0) {
      for (const done of this.marks.shift()?.done ?? []) done();
    }
  }
}
