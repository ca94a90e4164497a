/** Structured fields of a log line: flat, without nested objects. */
export type LogFields = { readonly [name: string]: string | number | boolean };

/**
 * The logger that Holdfast writes to; common loggers fit with a few lines of adaptation. A lasting
 * problem is logged at `warn`, and its end at `warn` too, so that both appear at the same level.
 * `info` reports normal events, `debug` the client's own lines. No line contains a key, a value, a
 * header or a secret.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
