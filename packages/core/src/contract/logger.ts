export type LogFields = { readonly [name: string]: string | number | boolean };

/**
 * Any logger of the field fits through a few lines. A state that lasts is told at `warn`, and so is its end, so that nobody who hears of
 * the one misses the other; `info` tells of what was never in doubt, `debug` has the client's own lines. No line ever carries a key, a value, a header or a secret.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
