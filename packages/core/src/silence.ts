import type { Clock, Timer } from './env.js';

/** A timer that is later than this was held up: the process was blocked, frozen or asleep, ms. */
const punctualMs = 50;

/**
 * Runs `judge` once everything that has come is read. When a process was held up, its timers run
 * before its sockets are read: who concludes at once that nothing came judges before the read.
 * Two turns: the first may end in the middle of a round of reading.
 */
export function afterReading(clock: Clock, judge: () => void): void {
  clock.soon(() => clock.soon(judge));
}

/**
 * As `clock.after`, for who concludes from silence: reads what has come, then judges. After a timer
 * that was held up it listens again for as long as that was late, `ms` at most: the machine may
 * have been asleep as a whole, and an answer is still on its way.
 */
export function afterSilence(clock: Clock, ms: number, judge: () => void): Timer {
  let isOver = false;
  const verdict = (): void => {
    if (!isOver) judge();
  };
  const read = (): void => afterReading(clock, verdict);
  const dueAt = clock.now() + ms;
  let timer = clock.after(ms, () => {
    const lateMs = Math.min(ms, clock.now() - dueAt);
    if (lateMs <= punctualMs) read();
    else if (!isOver) timer = clock.after(lateMs, read);
  });
  return {
    cancel: () => {
      isOver = true;
      timer.cancel();
    },
  };
}
