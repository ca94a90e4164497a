import type { Completion } from '../contract/delivery.js';
import type { Delivery } from '../contract/delivery.js';

/** Stands in the place of the completion once the caller has heard. */
export const settledMark: Completion = { settled: () => undefined };

export const isSettled = (delivery: Delivery): boolean => delivery.completion === settledMark;
