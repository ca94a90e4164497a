import { isError } from './is-error.js';

/**
 * Returns the name of a thrown error, or the value's type, for a log line: the message of a foreign
 * error may quote a payload. Never throws.
 */
export function nameOf(error: unknown): string {
  try {
    return isError(error) ? error.name : typeof error;
  } catch {
    return 'object'; // a getter that throws
  }
}
