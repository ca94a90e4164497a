import type { Adapter } from '../contract/adapter.js';

const taken = new WeakSet<object>();

/** An adapter has the connections, the tickets and the clock of one producer, and ends with it. */
export const takeAdapter = (adapter: Adapter): void => void taken.add(adapter);

export const isTaken = (adapter: object): boolean => taken.has(adapter);
