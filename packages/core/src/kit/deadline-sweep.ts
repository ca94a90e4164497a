import type { Clock, Timer } from '../contract/env.js';

export interface DeadlineSweepOptions {
  readonly clock: Clock;
  /** Deadlines that pass within this time after a sweep are swept together, ms. */
  readonly intervalMs: number;
  /**
   * Ends whatever is overdue at `now`. Calls {@link DeadlineSweep.watchNext} with the earliest
   * deadline that is left, before it notifies anybody: a listener may throw, or add an item with an
   * earlier deadline.
   */
  readonly sweep: (now: number) => void;
  /**
   * How to wait: `afterReading` or `afterSilence` where a deadline must not be judged before what
   * has arrived is read. Default: `clock.after`.
   */
  readonly wait?: (clock: Clock, ms: number, run: () => void) => Timer;
}

/**
 * Watches the deadlines of any number of items with one timer. An item costs one comparison, and
 * needs no removal when it ends: a sweep looks at the ones that are left.
 */
export class DeadlineSweep {
  private timer: Timer | undefined;
  private at = Infinity;

  constructor(private readonly options: DeadlineSweepOptions) {}

  /** Sweeps at `deadline` (monotonic ms), if no sweep comes before; `Infinity`: never. */
  watch(deadline: number): void {
    if (deadline >= this.at) return;
    this.timer?.cancel();
    this.at = deadline;
    const { clock, wait = after } = this.options;
    this.timer = wait(clock, Math.max(0, deadline - clock.now()), this.fire);
  }

  /** Like {@link watch}, but not before the interval has passed. For the end of a sweep. */
  watchNext(earliest: number): void {
    const { clock, intervalMs } = this.options;
    this.watch(Math.max(earliest, clock.now() + intervalMs));
  }

  /** Stops the timer: one that is set for nothing would keep an idle process from ending. */
  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.at = Infinity;
  }

  private readonly fire = (): void => {
    this.timer = undefined;
    this.at = Infinity;
    this.options.sweep(this.options.clock.now());
  };
}

const after = (clock: Clock, ms: number, run: () => void): Timer => clock.after(ms, run);
