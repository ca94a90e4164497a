import { detailsOf } from './error-details.js';
import { ProducerError } from './error.js';

/** A failed batch shares one error among its records; the copies are shared likewise. */
const made = new WeakMap<ProducerError, ProducerError>();

/** Returns the error of an `unknown` outcome, for those who see the error without the outcome. */
export function asMaybeWritten(error: ProducerError): ProducerError {
  if (error.maybeWritten) return error;
  let told = made.get(error);
  if (told === undefined) {
    told = new ProducerError(error.code, error.message, { ...detailsOf(error), maybeWritten: true });
    if (error.stack !== undefined) told.stack = error.stack;
    made.set(error, told);
  }
  return told;
}
