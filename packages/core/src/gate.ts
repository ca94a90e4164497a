import type { Clock } from './env.js';

/** What stages wait at: for room, for being idle. Whoever waits passes when it is opened the next time. */
export class Gate {
  private promise: Promise<void> | undefined;
  private letPass = (): void => undefined;

  get isAwaited(): boolean {
    return this.promise !== undefined;
  }

  wait(): Promise<void> {
    return (this.promise ??= new Promise((resolve) => (this.letPass = resolve)));
  }

  open(): void {
    this.promise = undefined;
    this.letPass();
  }
}

/** Resolves when `done` does, or at `deadline` (monotonic ms). */
export function untilDeadline(done: Promise<void>, deadline: number, clock: Clock): Promise<void> {
  if (deadline === Infinity) return done;
  return new Promise((resolve) => {
    const timer = clock.after(Math.max(0, deadline - clock.now()), resolve);
    void done.then(() => {
      timer.cancel();
      resolve();
    });
  });
}
