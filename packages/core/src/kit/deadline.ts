import type { Clock } from '../contract/env.js';
import { afterReading } from './silence.js';

/** What `work` resolves with; or `otherwise`, when it rejects or is not done at `deadline` (monotonic ms). */
export function within<T>(work: Promise<T>, deadline: number, clock: Clock, otherwise: T): Promise<T> {
  const safe = work.catch(() => otherwise);
  if (deadline === Infinity) return safe;
  return new Promise((resolve) => {
    const timer = afterReading(clock, Math.max(0, deadline - clock.now()), () => resolve(otherwise));
    void safe.then((result) => {
      timer.cancel();
      resolve(result);
    });
  });
}

/** Resolves when `done` does, or at `deadline` (monotonic ms). */
export const untilDeadline = (done: Promise<void>, deadline: number, clock: Clock): Promise<void> =>
  within(done, deadline, clock, undefined);
