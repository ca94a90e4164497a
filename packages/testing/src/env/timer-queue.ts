import { PriorityQueue } from '@holdfast/core/internal';

/** A callback that is not due yet. */
export interface PendingTimer {
  /** Monotonic ms. */
  readonly at: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Orders timers by their due time, and those of equal time by when they were set. */
export class TimerQueue {
  private readonly timers = new PriorityQueue<PendingTimer>();

  push(timer: PendingTimer): void {
    this.timers.push(timer.at, timer);
  }

  /** The earliest timer that is not cancelled. */
  get first(): PendingTimer | undefined {
    while (this.timers.first?.cancelled) this.timers.shift();
    return this.timers.first;
  }
}
