import type { StageStats } from '@holdfast/core';
import type { Circuit, CircuitState } from './circuit.js';

const badness: { readonly [state in CircuitState]: number } = {
  closed: 0,
  'half-open': 1,
  open: 2,
  isolated: 3,
};

/** `stats()` names so many circuits that are not closed, and counts the others. */
const mostNamed = 100;

/** The worst of them and of `atLeast`. */
export function worst(
  circuits: Iterable<{ readonly state: CircuitState }>,
  atLeast: CircuitState,
): CircuitState {
  let found = atLeast;
  for (const { state } of circuits) if (badness[state] > badness[found]) found = state;
  return found;
}

/** For `stats()`: how many circuits are in which state, and the names of those that are not closed. */
export function summaryOf(circuits: Iterable<Circuit>): StageStats & { readonly state: CircuitState } {
  const counts: { [state in CircuitState]: number } = { closed: 0, open: 0, 'half-open': 0, isolated: 0 };
  const named: [string, CircuitState][] = [];
  let state: CircuitState = 'closed';
  for (const circuit of circuits) {
    const one = circuit.state;
    counts[one]++;
    if (one === 'closed') continue;
    state = worst([{ state: one }], state);
    if (named.length < mostNamed) named.push([circuit.name, one]);
  }
  return {
    state,
    openCircuits: counts.open,
    halfOpenCircuits: counts['half-open'],
    isolatedCircuits: counts.isolated,
    // A topic may be called '__proto__'; fromEntries defines it like any other.
    notClosed: Object.fromEntries(named),
  };
}
