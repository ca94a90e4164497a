import type { CircuitSummary } from '../stats.js';
import type { Circuit, CircuitState } from './circuit.js';

const severity: { readonly [state in CircuitState]: number } = {
  closed: 0,
  'half-open': 1,
  open: 2,
  isolated: 3,
};

/** Circuits beyond this many that are not closed are counted but not named. */
const maxNamed = 100;

/** Returns the most severe of `atLeast` and the states of the circuits. */
export function worst(
  circuits: Iterable<{ readonly state: CircuitState }>,
  atLeast: CircuitState,
): CircuitState {
  let found = atLeast;
  for (const { state } of circuits) if (severity[state] > severity[found]) found = state;
  return found;
}

export function summaryOf(circuits: Iterable<Circuit>): CircuitSummary {
  const counts: { [state in CircuitState]: number } = { closed: 0, open: 0, 'half-open': 0, isolated: 0 };
  const named: [string, CircuitState][] = [];
  let state: CircuitState = 'closed';
  for (const circuit of circuits) {
    const one = circuit.state;
    counts[one]++;
    if (one === 'closed') continue;
    state = worst([{ state: one }], state);
    if (named.length < maxNamed) named.push([circuit.name, one]);
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
