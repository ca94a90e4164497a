import { brandOf, hasBrand, isInstance } from './brand.js';
import { detailsOf } from './error-details.js';
import { ProducerError, type ErrorCode, type ProducerErrorDetails } from './error.js';
import type { DeadLettered, Failed, Outcome, Receipt, Unknown } from './outcome.js';

const brand = brandOf('DeliveryError');

/**
 * The error that `send` rejects with, or passes to its callback, when the record was not delivered.
 */
export class DeliveryError extends ProducerError {
  override readonly name: string = 'DeliveryError';
  // Private, so that printing the error does not print the outcome's error a second time.
  readonly #outcome: DeadLettered | Failed | Unknown;

  constructor(
    code: ErrorCode,
    message: string,
    details: ProducerErrorDetails,
    outcome: DeadLettered | Failed | Unknown,
  ) {
    super(code, message, details);
    this.#outcome = outcome;
  }

  /** The final outcome: not written, possibly written, or in a dead-letter queue. */
  get outcome(): DeadLettered | Failed | Unknown {
    return this.#outcome;
  }

  static override is(value: unknown): value is DeliveryError {
    return hasBrand(value, brand);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === DeliveryError ? hasBrand(value, brand) : isInstance(this, value);
  }
}

Object.defineProperty(DeliveryError.prototype, brand, { value: true });

/** The records of a failed batch share one error, so they share its delivery error as well. */
const shared = new WeakMap<ProducerError, DeliveryError>();

/** Returns the error that the caller of `send` receives for an outcome. */
export function deliveryErrorOf(outcome: Exclude<Outcome, Receipt>): DeliveryError {
  if (outcome.status === 'dead-lettered') return deadLettered(outcome);
  const { error, status } = outcome;
  const before = shared.get(error);
  if (before?.outcome.status === status) return before;
  const { code, message, maybeWritten, stack } = error;
  const details = { ...detailsOf(error), maybeWritten: maybeWritten || status === 'unknown' };
  const made = new DeliveryError(code, message, details, outcome);
  // The stack of the failure is more useful than that of the settlement.
  if (stack !== undefined) made.stack = stack;
  shared.set(error, made);
  return made;
}

function deadLettered(outcome: DeadLettered): DeliveryError {
  const { to, error } = outcome;
  const message = `not delivered, but kept: dead-lettered to ${to}, because of ${error.code}: ${error.message}`;
  const details = { cause: error, maybeWritten: error.maybeWritten };
  return new DeliveryError('DEAD_LETTERED', message, details, outcome);
}
