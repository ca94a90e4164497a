interface Waiter<T> {
  readonly left: Set<T>;
  readonly done: () => void;
}

/**
 * Waits until every item that was open at one moment has ended, while newer items come and go. It
 * costs nothing while nobody waits. For millions of items, `FlushTracker` counts instead.
 */
export class DrainWaiters<T> {
  private waiters: Waiter<T>[] = [];

  /** Resolves when each item of `open` has ended. */
  wait(open: Iterable<T>): Promise<void> {
    const left = new Set(open);
    if (left.size === 0) return Promise.resolve();
    return new Promise((done) => this.waiters.push({ left, done }));
  }

  /** `item` continues as `parts`: whoever waits for it now waits for them. */
  replace(item: T, parts: readonly T[]): void {
    for (const { left } of this.waiters) if (left.has(item)) for (const part of parts) left.add(part);
    this.ended(item);
  }

  ended(item: T): void {
    if (this.waiters.length === 0) return;
    for (const { left, done } of this.waiters) if (left.delete(item) && left.size === 0) done();
    this.waiters = this.waiters.filter(({ left }) => left.size > 0);
  }
}
