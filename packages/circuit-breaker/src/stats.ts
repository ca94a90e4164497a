import type { CircuitState } from './circuit.js';

declare module '@holdfast/core' {
  interface KnownStages {
    circuitBreaker: CircuitBreakerStats;
  }
}

/** How many circuits are in which state, and the names of those that are not closed. */
export interface CircuitSummary {
  /** The worst of all circuits; the order is closed, half-open, open, isolated. */
  readonly state: CircuitState;
  readonly openCircuits: number;
  readonly halfOpenCircuits: number;
  readonly isolatedCircuits: number;
  /** Their states by name, 100 at most. */
  readonly notClosed: { readonly [circuit: string]: CircuitState };
}

/** `producer.stats().stages.circuitBreaker`. */
export interface CircuitBreakerStats extends CircuitSummary {
  readonly circuits: number;
  /** Since the start. */
  readonly openings: number;
  /** Since the start: refused because a circuit was not closed. */
  readonly rejectedRecords: number;
}
