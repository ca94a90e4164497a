import type { Clock, Timer } from '@holdfast/core/stage';
import type { FakeClock } from '@holdfast/testing';

/** Time as one process sees it: once the process is dead, its timers never fire. */
export class ProcessClock implements Clock {
  alive = true;
  /** Timers that the process itself has set. */
  waiting = 0;

  constructor(private readonly clock: FakeClock) {}

  now(): number {
    return this.clock.now();
  }

  wallTime(): number {
    return this.clock.wallTime();
  }

  after(ms: number, run: () => void): Timer {
    let isOpen = true;
    const end = (): boolean => {
      if (!isOpen) return false;
      isOpen = false;
      this.waiting--;
      return true;
    };
    this.waiting++;
    const timer = this.clock.after(ms, () => {
      if (end()) this.whileAlive(run);
    });
    return {
      cancel: () => {
        end();
        timer.cancel();
      },
    };
  }

  soon(run: () => void): void {
    this.clock.soon(() => this.whileAlive(run));
  }

  /** Runs something outside, for this process alone. */
  outside(ms: number, run: () => void): void {
    this.clock.after(ms, () => this.whileAlive(run));
  }

  /** Delivers something from outside in `ms`, once the event loop has time for it. */
  deliver(ms: number, run: () => void): void {
    this.clock.arrive(ms, () => this.whileAlive(run));
  }

  private whileAlive(run: () => void): void {
    if (this.alive) run();
  }
}
