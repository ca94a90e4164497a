import type { Clock } from '@holdfast/core';

/** Waits for `work`; rejects with `late()` when it has not ended by `deadline` (monotonic ms). */
export function waitUntil<T>(
  work: Promise<T>,
  deadline: number,
  clock: Clock,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(Math.max(0, deadline - clock.now()), () => reject(late()));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}

/** Resolves after `ms`. */
export const delay = (ms: number, clock: Clock): Promise<void> =>
  new Promise((resolve) => void clock.after(ms, resolve));
