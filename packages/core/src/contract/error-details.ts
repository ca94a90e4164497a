import type { ProducerError, ProducerErrorDetails } from './error.js';

/** Returns the details of an error, to create another one like it. */
export function detailsOf(error: ProducerError): ProducerErrorDetails {
  const { kafka, retriable, retryAfter, maybeWritten, cause, stage, field, problems } = error;
  return { kafka, retriable, retryAfter, maybeWritten, cause, stage, field, problems };
}
