import { aBoolean, checkOptions } from '@holdfast/core';

export interface CircuitBreakerOptions {
  /** Count as settled only what failed. Default false. */
  readonly failuresOnly?: boolean;
}

export type ResolvedCircuitBreakerOptions = Required<CircuitBreakerOptions>;

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
export function resolveOptions(options: CircuitBreakerOptions): ResolvedCircuitBreakerOptions {
  checkOptions('circuitBreaker', options, { failuresOnly: aBoolean });
  return { failuresOnly: options.failuresOnly ?? false };
}
