import { ProducerError } from './error.js';

/** A failed batch shares one error among its records; so does this. */
const made = new WeakMap<ProducerError, ProducerError>();

/** The error of an `unknown` outcome, as those hear it who are told of an error alone and see no outcome. */
export function asMaybeWritten(error: ProducerError): ProducerError {
  if (error.maybeWritten) return error;
  let told = made.get(error);
  if (told === undefined) {
    told = new ProducerError(error.code, error.message, {
      kafka: error.kafka,
      retriable: error.retriable,
      retryAfter: error.retryAfter,
      maybeWritten: true,
      cause: error.cause,
      stage: error.stage,
      field: error.field,
      problems: error.problems,
    });
    if (error.stack !== undefined) told.stack = error.stack;
    made.set(error, told);
  }
  return told;
}
