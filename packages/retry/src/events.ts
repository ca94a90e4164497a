import type { ErrorCode } from '@holdfast/core';

declare module '@holdfast/core' {
  interface ProducerEvents {
    /** Records will be tried again after `delayMs`. */
    'retry.scheduled': { readonly records: number; readonly delayMs: number; readonly code: ErrorCode };
    /** Records will not be tried again; the outcome of each gives the reason. */
    'retry.gaveUp': { readonly records: number; readonly code: ErrorCode };
  }
}
