import type { Clock } from '../contract/env.js';
import { DeadlineSweep } from './deadline-sweep.js';
import { PriorityQueue } from './priority-queue.js';

export interface Delayed {
  /** Monotonic ms. */
  readonly dueAt: number;
}

/** Holds items until they are due, each at a time of its own, with one timer for all of them. */
export class DelayQueue<T extends Delayed> {
  private readonly waiting = new PriorityQueue<T>();
  private readonly timer: DeadlineSweep;

  constructor(
    clock: Clock,
    /** Receives all items that are due, the earliest first. They have left the queue. */
    private readonly onDue: (due: T[]) => void,
  ) {
    this.timer = new DeadlineSweep({ clock, intervalMs: 0, sweep: (now) => this.release(now) });
  }

  add(item: T): void {
    this.waiting.push(item.dueAt, item);
    this.timer.watch(item.dueAt);
  }

  /** Removes and returns all items, due or not; the timer stops. */
  takeAll(): T[] {
    this.timer.cancel();
    return this.waiting.takeAll();
  }

  private release(now: number): void {
    const due: T[] = [];
    for (let item = this.waiting.first; item !== undefined; item = this.waiting.first) {
      if (item.dueAt > now) {
        this.timer.watch(item.dueAt);
        break;
      }
      this.waiting.shift();
      due.push(item);
    }
    if (due.length > 0) this.onDue(due);
  }
}
