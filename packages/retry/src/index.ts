export { retry } from './retry.js';
export type { RetryBudgetOptions, RetryOptions } from './options.js';
export type { RetryStats } from './stats.js';
