import type { Clock } from '@holdfast/core';

/** Resolves when `work` does, or at `deadline` (monotonic ms), whichever is first. */
export function within(work: Promise<void>, deadline: number, clock: Clock): Promise<void> {
  if (deadline === Infinity) return work;
  return new Promise((resolve) => {
    const timer = clock.after(Math.max(0, deadline - clock.now()), resolve);
    const done = (): void => {
      timer.cancel();
      resolve();
    };
    work.then(done, done);
  });
}
