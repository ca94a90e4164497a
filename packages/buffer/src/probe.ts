import type { Clock, Timer } from '@holdfast/core/stage';

/** Runs something while it is asked to, with so much time in between, and with a timer only while it waits for one. */
export class Probe {
  private timer: Timer | undefined;
  private ranAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly run: () => void,
  ) {}

  later(): void {
    if (this.timer !== undefined) return;
    const inMs = Math.max(0, this.ranAt + this.everyMs - this.clock.now());
    this.timer = this.clock.after(inMs, () => {
      this.timer = undefined;
      this.ranAt = this.clock.now();
      this.run();
    });
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
