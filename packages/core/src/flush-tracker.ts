interface Mark {
  readonly at: number;
  left: number;
  readonly done: () => void;
}

/**
 * Answers "is everything that existed at that moment settled?" while newer records keep coming: two counters instead of a
 * set. A stage that queues uses it for its `flush`; deliveries are told apart by `createdAt`.
 */
export class FlushTracker {
  private marks: Mark[] = [];
  private count = 0;

  get held(): number {
    return this.count;
  }

  add(createdAt: number): void {
    this.count++;
    for (const mark of this.marks) if (createdAt <= mark.at) mark.left++;
  }

  remove(createdAt: number): void {
    this.count--;
    if (this.marks.length > 0) this.removeFromMarks(createdAt);
  }

  /** Resolves when nothing is held that was created at `now` or before. */
  drained(now: number): Promise<void> {
    if (this.count === 0) return Promise.resolve();
    return new Promise((done) => this.marks.push({ at: now, left: this.count, done }));
  }

  private removeFromMarks(createdAt: number): void {
    for (const mark of this.marks) {
      if (createdAt <= mark.at && --mark.left === 0) mark.done();
    }
    this.marks = this.marks.filter((mark) => mark.left > 0);
  }
}
