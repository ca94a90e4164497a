import type { Completion } from './completion.js';
import type { Delivery } from './delivery.js';

/** Stands in the place of the completion once the caller has heard. */
export const settledMark: Completion = { settled: () => undefined };

export const isSettled = (delivery: Delivery): boolean => delivery.completion === settledMark;
