import type { Clock } from '../contract/env.js';
import type { Logger } from '../contract/logger.js';
import { contain } from '../foreign/contain.js';

/**
 * Returns a stage's view of the clock: an exception in a timer is reported and does not end the
 * process.
 */
export function containedClock(clock: Clock, threw: (error: unknown) => void): Clock {
  return {
    now: () => clock.now(),
    wallTime: () => clock.wallTime(),
    after: (ms, run) => clock.after(ms, () => contain(run, threw)),
    soon: (run) => clock.soon(() => contain(run, threw)),
  };
}

/**
 * Returns a logger whose exceptions are ignored: a user's faulty logger must not break the chain.
 */
export function containedLogger(logger: Logger): Logger {
  const nowhere = (): void => undefined;
  return {
    debug: (message, fields) => contain(() => logger.debug(message, fields), nowhere),
    info: (message, fields) => contain(() => logger.info(message, fields), nowhere),
    warn: (message, fields) => contain(() => logger.warn(message, fields), nowhere),
    error: (message, fields) => contain(() => logger.error(message, fields), nowhere),
  };
}
