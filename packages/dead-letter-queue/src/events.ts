import type { ErrorCode } from '@holdfast/core';
import type { SinkName } from './sinks/sink.js';

declare module '@holdfast/core' {
  interface ProducerEvents {
    /** Records of one topic that failed with one code were taken by a sink: `to` is that of their outcome. */
    deadLetter: {
      readonly records: number;
      readonly topic: string;
      readonly to: string;
      readonly code: ErrorCode;
    };
    /** A sink did not take records; the next one is asked, if there is one. `refusal`: a code that says why. */
    'deadLetter.refused': { readonly records: number; readonly sink: SinkName; readonly refusal: string };
    /** No sink took records: they end as they came up, `failed` or `unknown`. `refusal`: that of the last sink. */
    'deadLetter.failed': {
      readonly records: number;
      readonly topic: string;
      readonly code: ErrorCode;
      readonly refusal: string;
    };
  }
}
