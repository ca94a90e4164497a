import type { LogFields, Logger } from '../contract/logger.js';
import { systemClock } from './clock.js';

const nothing = (): void => undefined;

/**
 * Creates a logger that writes warnings and errors to stderr through `console`, with an ISO 8601
 * time, and discards `info` and `debug`.
 */
export function consoleLoggerAt(clock: { wallTime(): number }): Logger {
  const line = (message: string, fields: LogFields | undefined): string => {
    const more = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
    return `${new Date(clock.wallTime()).toISOString()} holdfast: ${message}${more}`;
  };
  return {
    debug: nothing,
    info: nothing,
    warn: (message, fields) => console.warn(line(message, fields)),
    error: (message, fields) => console.error(line(message, fields)),
  };
}

/** Discards all log lines. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The default logger: warnings and errors go to stderr with the time of the system's clock. */
export const consoleLogger = consoleLoggerAt(systemClock);
