import type { Clock, Timer } from '@holdfast/core/stage';

/**
 * Schedules the batch that probes stalled topics: at most one per interval, with a timer only while
 * one is due.
 */
export class StalledTopicProbe {
  private timer: Timer | undefined;
  private ranAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly intervalMs: number,
    private readonly run: () => void,
  ) {}

  schedule(): void {
    if (this.timer !== undefined) return;
    const inMs = Math.max(0, this.ranAt + this.intervalMs - this.clock.now());
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
