import type { Completion } from '../contract/delivery.js';
import type { Delivery } from '../contract/delivery.js';

/** Replaces the completion once the caller has been notified. */
export const settledMark: Completion = { settled: () => undefined };

export const isSettled = (delivery: Delivery): boolean => delivery.completion === settledMark;
