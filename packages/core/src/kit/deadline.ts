import type { Clock } from '../contract/env.js';
import { afterReading } from './silence.js';

/**
 * Settles as `work` does or, when `work` is not done at `deadline` (monotonic ms), with what `late`
 * returns or throws. Pass `afterSilence` as `wait` to conclude from the silence of a peer; default
 * `afterReading`.
 */
export function within<T>(
  work: Promise<T>,
  deadline: number,
  clock: Clock,
  late: () => T,
  wait = afterReading,
): Promise<T> {
  if (deadline === Infinity) return work;
  return new Promise((resolve, reject) => {
    const timer = wait(clock, Math.max(0, deadline - clock.now()), () => {
      Promise.resolve().then(late).then(resolve, reject);
    });
    work.finally(() => timer.cancel()).then(resolve, reject);
  });
}

/** Resolves when `work` has settled either way, at `deadline` (monotonic ms) at the latest. */
export const untilDeadline = (work: Promise<unknown>, deadline: number, clock: Clock): Promise<void> =>
  within(work.then(ignore, ignore), deadline, clock, ignore);

const ignore = (): void => undefined;
