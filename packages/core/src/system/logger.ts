import type { LogFields, Logger } from '../contract/logger.js';
import { systemClock } from './clock.js';

const nothing = (): void => undefined;

/** Warnings and errors go to stderr through `console`, with the time in ISO 8601; `info` and `debug` go nowhere. */
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

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The default logger, by the system's clock. */
export const consoleLogger = consoleLoggerAt(systemClock);
