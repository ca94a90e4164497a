const LAST_LINES = 15;
const LAST_ERRORS = 5;
const ERROR = / (?:ERROR|FATAL) |^[\w.$]*(?:Exception|Error): |^Caused by: /;

/**
 * The last lines of a broker's log, and before them its last errors: a broker that cannot start says why, and then tells at
 * length how it shuts down.
 */
export function lastWordsOf(log: string): string {
  const lines = log.trimEnd().split('\n');
  const end = lines.slice(-LAST_LINES);
  const errors = lines.slice(0, -LAST_LINES).filter((line) => ERROR.test(line));
  return [...errors.slice(-LAST_ERRORS), ...end].join('\n');
}
