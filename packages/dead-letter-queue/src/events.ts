import type { ErrorCode } from '@holdfast/core';
import type { SinkName } from './sinks/sink.js';

declare module '@holdfast/core' {
  interface ProducerEvents {
    /**
     * A sink took records of one topic that failed with one code. `to` is the same as in their
     * outcomes.
     */
    deadLetter: {
      readonly records: number;
      readonly topic: string;
      readonly to: string;
      readonly code: ErrorCode;
    };
    /**
     * A sink refused records, and the next sink, if any, gets them. `refusal`: a code for the
     * cause.
     */
    'deadLetter.refused': { readonly records: number; readonly sink: SinkName; readonly refusal: string };
    /**
     * No sink took the records, so they keep the outcome `failed` or `unknown`. `refusal`: by the
     * last sink.
     */
    'deadLetter.failed': {
      readonly records: number;
      readonly topic: string;
      readonly code: ErrorCode;
      readonly refusal: string;
    };
  }
}
