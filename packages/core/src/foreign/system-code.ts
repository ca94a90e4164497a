import { isError } from './is-error.js';
/** The code that an error has: the system's (`ENOSPC`), or that of one of ours; `undefined` without one. */
export const codeOf = (error: unknown): string | undefined =>
  isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
