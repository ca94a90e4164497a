import type { ErrorCode } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';

declare module '@holdfast/core' {
  interface ProducerEvents {
    /** A record found no room, or made room for a newer one. It failed with this code. */
    'buffer.dropped': { readonly record: SerializedRecord; readonly code: ErrorCode };
  }
}
