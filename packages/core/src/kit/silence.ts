import type { Clock, Timer } from '../contract/env.js';

/** A timer that is later than this was held up: the process was blocked, frozen or asleep, ms. */
const punctualMs = 50;

/**
 * As `clock.after`, but runs `judge` once everything that has come by then is read. When a process
 * was held up, its timers run before its sockets are read: who concludes at once that nothing came
 * judges before the read. Two turns: the first may end in the middle of a round of reading.
 */
export function afterReading(clock: Clock, ms: number, judge: () => void): Timer {
  let isOver = false;
  const verdict = (): void => {
    if (!isOver) judge();
  };
  const timer = clock.after(ms, () => clock.soon(() => clock.soon(verdict)));
  return {
    cancel: () => {
      isOver = true;
      timer.cancel();
    },
  };
}

/**
 * As {@link afterReading}, for who concludes from the silence of somebody else: after a timer that
 * was held up it listens again for as long as that was late, `ms` at most. The machine may have been
 * asleep as a whole, and an answer is still on its way.
 */
export function afterSilence(clock: Clock, ms: number, judge: () => void): Timer {
  const dueAt = clock.now() + ms;
  let timer = clock.after(ms, () => {
    const lateMs = clock.now() - dueAt;
    timer = afterReading(clock, lateMs > punctualMs ? Math.min(ms, lateMs) : 0, judge);
  });
  return { cancel: () => timer.cancel() };
}
