/**
 * Runs a step until nothing is left to do, and never inside itself: a call that is made while it runs, by what a step
 * calls, makes it go round again. So neither the stack grows nor do two runs interleave.
 */
export class WorkLoop {
  private running = false;
  private again = false;

  constructor(
    /** Does one piece of work. Returns false when there was none. */
    private readonly step: () => boolean,
  ) {}

  /** Throws what a step throws, which ends the run; the next call starts a new one. */
  run(): void {
    this.again = true;
    if (this.running) return;
    this.running = true;
    try {
      while (this.again) {
        this.again = false;
        while (this.step());
      }
    } finally {
      this.running = false;
    }
  }
}
