import { ProducerError } from '../contract/error.js';
import { unknown, type Outcome } from '../contract/outcome.js';

/**
 * Returns the outcome itself when it is valid, else the closest valid one: a stage written in
 * JavaScript may settle with anything.
 */
export function soundOutcome(outcome: Outcome): Outcome {
  const { status } = outcome;
  if (status === 'delivered' || status === 'accepted') return outcome;
  const given: unknown = typeof outcome === 'object' ? Reflect.get(outcome, 'error') : outcome;
  const isKnown = status === 'failed' || status === 'unknown' || status === 'dead-lettered';
  if (isKnown && ProducerError.is(given)) return outcome;
  const error = new ProducerError(
    'STAGE_FAILED',
    isKnown
      ? `a stage settled as '${status}' without a ProducerError; use ${status === 'failed' ? 'failed(error)' : 'unknown(error)'}`
      : 'a stage settled with an outcome that is none',
    { cause: given },
  );
  return status === 'failed' || status === 'dead-lettered' ? { ...outcome, error } : unknown(error);
}
