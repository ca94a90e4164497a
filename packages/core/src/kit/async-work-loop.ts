/**
 * Runs an asynchronous step until nothing is left to do, one step at a time. A call made while it
 * runs makes the loop go round again.
 */
export class AsyncWorkLoop {
  private running: Promise<void> | undefined;
  private again = false;

  constructor(
    /** Does one piece of work. Resolves with false when there was none. */
    private readonly step: () => Promise<boolean>,
  ) {}

  /**
   * Resolves when nothing is left to do. The first step does not begin inside this call, so that
   * whatever else comes in the same turn can go with it. Rejects with what a step rejects with,
   * which ends the run; the next call starts a new one.
   */
  run(): Promise<void> {
    this.again = true;
    return (this.running ??= this.loop());
  }

  /** Resolves when no run is under way. */
  idle(): Promise<void> {
    return this.running ?? Promise.resolve();
  }

  private async loop(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.again) {
        this.again = false;
        while (await this.step());
      }
    } finally {
      // In the same turn as the last look: a call that came a turn later would find neither a run
      // nor its work done.
      this.running = undefined;
    }
  }
}
