import { detailsOf } from './error-details.js';
import { ProducerError } from './error.js';

/** The records of a failed batch share one error, so they share its copy as well. */
const made = new WeakMap<ProducerError, ProducerError>();

/**
 * Returns the error with `maybeWritten` set, for readers that see the error of an `unknown` outcome
 * without the outcome.
 */
export function asMaybeWritten(error: ProducerError): ProducerError {
  if (error.maybeWritten) return error;
  let marked = made.get(error);
  if (marked === undefined) {
    marked = new ProducerError(error.code, error.message, { ...detailsOf(error), maybeWritten: true });
    if (error.stack !== undefined) marked.stack = error.stack;
    made.set(error, marked);
  }
  return marked;
}
