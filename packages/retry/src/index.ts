export { retry } from './retry.js';
export type { RetryBudgetOptions, RetryOptions } from './options.js';
