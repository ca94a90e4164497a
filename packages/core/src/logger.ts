export type LogFields = { readonly [name: string]: string | number | boolean };

/**
 * Any logger of the field fits through a few lines. `info` tells of what is well (connected, recovered), `debug` has the client's own
 * lines. No line ever carries a key, a value, a header or a secret.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const line = (message: string, fields?: LogFields): string =>
  fields === undefined ? `holdfast: ${message}` : `holdfast: ${message} ${JSON.stringify(fields)}`;

const nothing = (): void => undefined;

/** The default: warnings and errors go to stderr through `console`; `info` and `debug` go nowhere. */
export const consoleLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: (message, fields) => console.warn(line(message, fields)),
  error: (message, fields) => console.error(line(message, fields)),
};

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
