import type { ProducerError, ProducerErrorDetails } from './error.js';

/** Returns what an error was made with, to make another one like it. */
export function detailsOf(error: ProducerError): ProducerErrorDetails {
  const { kafka, retriable, retryAfter, maybeWritten, cause, stage, field, problems } = error;
  return { kafka, retriable, retryAfter, maybeWritten, cause, stage, field, problems };
}
