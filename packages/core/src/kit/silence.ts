import type { Clock, Timer } from '../contract/env.js';

/** A timer that is later than this, ms, was held up: the process was blocked, frozen or asleep. */
const punctualMs = 50;

/**
 * Works like `clock.after`, but runs `judge` only once everything that has arrived by then is read.
 * When a process was held up, its timers run before its sockets are read, so a timer that concluded
 * at once that nothing came would conclude too early. It takes two turns of the event loop: the
 * first may end in the middle of a round of reading.
 */
export function afterReading(clock: Clock, ms: number, judge: () => void): Timer {
  let isOver = false;
  const judgeUnlessCancelled = (): void => {
    if (!isOver) judge();
  };
  const timer = clock.after(ms, () => clock.soon(() => clock.soon(judgeUnlessCancelled)));
  return {
    cancel: () => {
      isOver = true;
      timer.cancel();
    },
  };
}

/**
 * Works like {@link afterReading}, for conclusions from the silence of a peer. When the timer was
 * held up, it listens again for as long as the timer was late, `ms` at most: the whole machine may
 * have been asleep, with an answer still on its way.
 */
export function afterSilence(clock: Clock, ms: number, judge: () => void): Timer {
  const dueAt = clock.now() + ms;
  let timer = clock.after(ms, () => {
    const lateMs = clock.now() - dueAt;
    timer = afterReading(clock, lateMs > punctualMs ? Math.min(ms, lateMs) : 0, judge);
  });
  return { cancel: () => timer.cancel() };
}
