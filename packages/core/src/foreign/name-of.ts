import { isError } from './is-error.js';

/** Enough for a log line; the message of a foreign error may quote a payload. Never throws, whatever was thrown. */
export function nameOf(error: unknown): string {
  try {
    return isError(error) ? error.name : typeof error;
  } catch {
    return 'object'; // a getter that throws
  }
}
