import type { CircuitState } from './controller/circuit.js';

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

/**
 * Since the start: how often a circuit of this producer went into each state, as the events say. One that is opened anew, by a
 * failed probe or by hand, counts again.
 */
export interface CircuitTransitions {
  readonly open: number;
  readonly halfOpen: number;
  readonly closed: number;
  readonly isolated: number;
}

/** `producer.stats().stages.circuitBreaker`. */
export interface CircuitBreakerStats extends CircuitSummary {
  readonly circuits: number;
  readonly transitions: CircuitTransitions;
  /** Since the start: refused because a circuit was not closed. */
  readonly rejectedRecords: number;
}
