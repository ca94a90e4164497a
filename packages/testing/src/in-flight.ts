import { DrainWaiters } from '@holdfast/core/internal';
import { untilDeadline, type Clock, type Delivery, type Settle } from '@holdfast/core/stage';

/** One delivery that an adapter was handed and has not settled. */
export interface Sent {
  readonly delivery: Delivery;
  readonly settle: Settle;
}

/** What an adapter has not settled yet, and who waits for it. */
export class InFlight<T extends Sent> {
  private readonly open = new Set<T>();
  private readonly waiters = new DrainWaiters<T>();

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
    this.waiters.ended(one);
  }

  /** Resolves when all that are in flight now are settled, or at `deadline` (monotonic ms). */
  drained(deadline: number): Promise<void> {
    return untilDeadline(this.waiters.wait(this.open), deadline, this.clock);
  }
}
