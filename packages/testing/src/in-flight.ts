import type { Clock, Delivery, Settle } from '@holdfast/core/stage';

/** One delivery that an adapter was handed and has not settled. */
export interface Sent {
  readonly delivery: Delivery;
  readonly settle: Settle;
}

interface Waiter {
  readonly left: Set<Sent>;
  readonly done: () => void;
}

/** What an adapter has not settled yet, and who waits for it. */
export class InFlight<T extends Sent> {
  private readonly open = new Set<T>();
  private waiters: Waiter[] = [];

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.open.size;
  }

  add(one: T): void {
    this.open.add(one);
  }

  has(one: T): boolean {
    return this.open.has(one);
  }

  all(): T[] {
    return [...this.open];
  }

  remove(one: T): void {
    this.open.delete(one);
    if (this.waiters.length === 0) return;
    for (const waiter of this.waiters) {
      if (waiter.left.delete(one) && waiter.left.size === 0) waiter.done();
    }
    this.waiters = this.waiters.filter(({ left }) => left.size > 0);
  }

  /** Resolves when all that are in flight now are settled, or at `deadline` (monotonic ms). */
  drained(deadline: number): Promise<void> {
    if (this.open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const inTime = Math.max(0, deadline - this.clock.now());
      const timer = inTime === Infinity ? undefined : this.clock.after(inTime, resolve);
      const done = (): void => {
        timer?.cancel();
        resolve();
      };
      this.waiters.push({ left: new Set(this.open), done });
    });
  }
}
