/**
 * Runs a step until nothing is left to do, and never inside itself: a call made by what a step
 * calls makes the loop go round again. So the stack does not grow, and two runs do not interleave.
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
