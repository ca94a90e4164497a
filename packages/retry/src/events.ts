import type { ErrorCode } from '@holdfast/core';

declare module '@holdfast/core' {
  interface ProducerEvents {
    /** Records will be tried again. */
    'retry.scheduled': { readonly records: number; readonly delayMs: number; readonly code: ErrorCode };
    /** Records will not be tried again; each has its outcome, which says why. */
    'retry.gaveUp': { readonly records: number; readonly code: ErrorCode };
  }
}
