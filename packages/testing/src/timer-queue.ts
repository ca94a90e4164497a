import { PriorityQueue } from '@holdfast/core/internal';

/** A callback that waits for its time. */
export interface PendingTimer {
  /** Monotonic ms. */
  readonly at: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Timers by their time; of two with the same time, the one that was set first comes first. */
export class TimerQueue {
  private readonly timers = new PriorityQueue<PendingTimer>();

  push(timer: PendingTimer): void {
    this.timers.push(timer.at, timer);
  }

  /** The earliest that is not cancelled. */
  get first(): PendingTimer | undefined {
    while (this.timers.first?.cancelled) this.timers.shift();
    return this.timers.first;
  }
}
