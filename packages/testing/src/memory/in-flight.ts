import { DrainWaiters } from '@holdfast/core/internal';
import { untilDeadline, type Clock, type Delivery, type Settle } from '@holdfast/core/stage';

/** A delivery that an adapter has received and not settled. */
export interface Sent {
  readonly delivery: Delivery;
  readonly settle: Settle;
}

/** Tracks the deliveries an adapter has not settled, and who waits for them. */
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

  /** Resolves when all deliveries now in flight are settled, or at `deadline` (monotonic ms). */
  drained(deadline: number): Promise<void> {
    return untilDeadline(this.waiters.wait(this.open), deadline, this.clock);
  }
}
