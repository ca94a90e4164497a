const LAST_LINES = 15;
const LAST_ERRORS = 5;
const ERROR = / (?:ERROR|FATAL) |^[\w.$]*(?:Exception|Error): |^Caused by: /;

/**
 * Returns the last lines of a broker's log, preceded by its last errors: a broker that cannot start
 * logs the reason, and then its whole shutdown.
 */
export function lastWordsOf(log: string): string {
  const lines = log.trimEnd().split('\n');
  const end = lines.slice(-LAST_LINES);
  const errors = lines.slice(0, -LAST_LINES).filter((line) => ERROR.test(line));
  return [...errors.slice(-LAST_ERRORS), ...end].join('\n');
}
