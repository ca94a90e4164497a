import { isError } from './is-error.js';

/**
 * Returns the code of an error: the system's (`ENOSPC`) or a `ProducerError`'s; `undefined` without
 * one.
 */
export const codeOf = (error: unknown): string | undefined =>
  isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
