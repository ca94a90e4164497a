import type { Clock, Timer } from '../contract/env.js';
import { PriorityQueue } from './priority-queue.js';

export interface Delayed {
  /** Monotonic ms. */
  readonly dueAt: number;
}

/** Holds items until they are due, each at a time of its own, with one timer for all of them. */
export class DelayQueue<T extends Delayed> {
  private readonly waiting = new PriorityQueue<T>();
  private timer: Timer | undefined;
  private firesAt = Infinity;

  constructor(
    private readonly clock: Pick<Clock, 'now' | 'after'>,
    /** Receives all items that are due, the earliest first. They have left the queue. */
    private readonly onDue: (due: T[]) => void,
  ) {}

  add(item: T): void {
    this.waiting.push(item.dueAt, item);
    this.setTimer();
  }

  /** Removes and returns all items, due or not; the timer stops. */
  takeAll(): T[] {
    this.timer?.cancel();
    this.timer = undefined;
    this.firesAt = Infinity;
    return this.waiting.takeAll();
  }

  private setTimer(): void {
    const earliest = this.waiting.first?.dueAt ?? Infinity;
    if (earliest >= this.firesAt) return;
    this.timer?.cancel();
    this.firesAt = earliest;
    this.timer = this.clock.after(Math.max(0, earliest - this.clock.now()), this.fire);
  }

  private readonly fire = (): void => {
    this.timer = undefined;
    this.firesAt = Infinity;
    const now = this.clock.now();
    const due: T[] = [];
    for (let item = this.waiting.first; item !== undefined && item.dueAt <= now; item = this.waiting.first) {
      this.waiting.shift();
      due.push(item);
    }
    this.setTimer();
    if (due.length > 0) this.onDue(due);
  };
}
