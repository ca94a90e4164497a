import type { Clock } from '../contract/env.js';

// setTimeout turns a longer delay into 1 ms:
// https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
const longestTimeoutMs = 2 ** 31 - 1;

/** The clock of Node.js; `after` accepts any delay, `Infinity` included. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  after(ms, run) {
    let timer = setTimeout(fire, Math.min(ms, longestTimeoutMs));
    let left = ms - longestTimeoutMs;
    function fire(): void {
      if (left <= 0) return run();
      timer = setTimeout(fire, Math.min(left, longestTimeoutMs));
      left -= longestTimeoutMs;
    }
    return { cancel: () => clearTimeout(timer) };
  },
  soon: (run) => void setImmediate(run),
};
