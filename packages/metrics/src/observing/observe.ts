import type { Attributes } from '@opentelemetry/api';
import type { ObservableName } from '../instruments/catalogue.js';

/** Gives an observable its value; `undefined` is no value, for what the stats do not have. */
export type Say = (name: ObservableName, value: number | undefined, attributes?: Attributes) => void;

/**
 * A number of what a stage says of itself; `undefined` when there is none. Who wrote the stage is not known: another may have the name
 * of one of ours, and a getter of it may throw.
 */
export function numberIn(stats: unknown, name: string): number | undefined {
  const value = valueIn(stats, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function valueIn(stats: unknown, name: string): unknown {
  if (typeof stats !== 'object' || stats === null) return undefined;
  try {
    return Reflect.get(stats, name);
  } catch {
    return undefined;
  }
}

/** From ms, as stats and events have them, to s, as the conventions want them. */
export const seconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : ms / 1_000;

/** Counts by error code; false when the stats have none. */
export function sayByCode(
  say: Say,
  name: ObservableName,
  counts: unknown,
  attributes: Attributes = {},
): boolean {
  if (typeof counts !== 'object' || counts === null) return false;
  for (const code of Object.keys(counts))
    say(name, numberIn(counts, code), { ...attributes, 'error.type': code });
  return true;
}

/** A gauge of 1 for the state that something is in and of 0 for its others, so that a series ends with its state. */
export function sayState(say: Say, name: ObservableName, states: readonly string[], state: unknown): void {
  if (typeof state !== 'string') return;
  for (const one of states) say(name, one === state ? 1 : 0, { [name]: one });
}
