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

/** Items per ms of interval, so that sweeps take a tenth of the time at most. */
const sweptPerMs = 1_000;

/**
 * Watches the deadlines of any number of items with one timer. An item costs one comparison, and
 * needs no removal when it ends: a sweep looks at the ones that are left.
 */
export class DeadlineSweep {
  private timer: Timer | undefined;
  private at = Infinity;
  private notBefore = -Infinity;

  constructor(private readonly options: DeadlineSweepOptions) {}

  /**
   * Sweeps at `deadline` (monotonic ms), or when the interval of {@link watchNext} is over, unless a
   * sweep comes before; `Infinity`: never.
   */
  watch(deadline: number): void {
    const at = Math.max(deadline, this.notBefore);
    if (at >= this.at) return;
    this.timer?.cancel();
    this.at = at;
    const { clock, wait = after } = this.options;
    this.timer = wait(clock, Math.max(0, at - clock.now()), this.fire);
  }

  /**
   * Ends a sweep: no other comes before the interval has passed. The interval is longer after a
   * sweep that had to look at many `items`.
   */
  watchNext(earliest: number, items = 0): void {
    const { clock, intervalMs } = this.options;
    this.notBefore = clock.now() + Math.max(intervalMs, Math.floor(items / sweptPerMs));
    this.watch(earliest);
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
