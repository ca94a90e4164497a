import type { CircuitState } from './controller/circuit.js';

declare module '@holdfast/core' {
  interface KnownStages {
    circuitBreaker: CircuitBreakerStats;
  }
}

/** The number of circuits in each state, and the names of those that are not closed. */
export interface CircuitSummary {
  /** The worst state of all circuits, in the order closed, half-open, open, isolated. */
  readonly state: CircuitState;
  readonly openCircuits: number;
  readonly halfOpenCircuits: number;
  readonly isolatedCircuits: number;
  /** Their states by name, at most 100. */
  readonly notClosed: { readonly [circuit: string]: CircuitState };
}

/**
 * How often circuits of this producer have entered each state since the start, one for each event.
 * A circuit that is opened again by a failed probe or by hand counts again.
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
  /** Records refused since the start because a circuit was not closed. */
  readonly rejectedRecords: number;
}
