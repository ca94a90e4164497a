import { brandOf, hasBrand, isInstance } from './brand.js';
import { ProducerError, type ProducerErrorDetails } from './error.js';

const brand = brandOf('ConfigurationError');

/**
 * Thrown for invalid options, or for an order of stages that cannot work, before anything starts.
 */
export class ConfigurationError extends ProducerError {
  override readonly name: string = 'ConfigurationError';
  declare readonly code: 'INVALID_OPTIONS' | 'INVALID_CHAIN';
  /** Every problem found, each with its remedy. When there is only one, the message itself. */
  declare readonly problems: readonly string[];

  constructor(
    code: 'INVALID_OPTIONS' | 'INVALID_CHAIN',
    message: string,
    details: ProducerErrorDetails = {},
  ) {
    super(code, message, { ...details, problems: details.problems ?? [message] });
  }

  static override is(value: unknown): value is ConfigurationError {
    return hasBrand(value, brand);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === ConfigurationError ? hasBrand(value, brand) : isInstance(this, value);
  }
}

Object.defineProperty(ConfigurationError.prototype, brand, { value: true });
