import type { Attributes } from '@opentelemetry/api';
import type { ObservableName } from '../instruments/catalogue.js';
import { numberIn } from '../stats/fields.js';

/** Observes a value of an instrument. `undefined`, which stands for a missing field, is ignored. */
export type Observe = (name: ObservableName, value: number | undefined, attributes?: Attributes) => void;

/** Converts ms, the unit of stats and events, to s, the unit of the conventions. */
export const seconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : ms / 1_000;

/** Observes counts by error code, if the stats have any. */
export function observeByCode(
  observe: Observe,
  name: ObservableName,
  counts: unknown,
  attributes: Attributes = {},
): void {
  if (typeof counts !== 'object' || counts === null) return;
  for (const code of Object.keys(counts))
    observe(name, numberIn(counts, code), { ...attributes, 'error.type': code });
}

/**
 * Observes 1 for the current state and 0 for all others, so that the series of a state ends with
 * the state.
 */
export function observeState(
  observe: Observe,
  name: ObservableName,
  states: readonly string[],
  current: unknown,
): void {
  if (typeof current !== 'string') return;
  for (const state of states) observe(name, state === current ? 1 : 0, { [name]: state });
}
