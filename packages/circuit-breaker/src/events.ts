import type { ErrorCode } from '@holdfast/core';

/** Why a circuit opened. */
export type OpenReason = 'consecutive-failures' | 'failure-rate' | 'probe-failed' | 'manual';

declare module '@holdfast/core' {
  interface ProducerEvents {
    /**
     * `circuit`: `'cluster'`, a topic, or `topic/partition`. `code`: that of the last failure, if
     * there was one.
     */
    'circuit.opened': {
      readonly circuit: string;
      readonly code: ErrorCode | undefined;
      readonly openMs: number;
      readonly reason: OpenReason;
    };
    /** Emitted with the first record after the open duration, as a circuit has no timer. */
    'circuit.halfOpened': { readonly circuit: string };
    /** `afterMs`: the time since it left `closed`. */
    'circuit.closed': { readonly circuit: string; readonly afterMs: number };
    'circuit.isolated': { readonly circuit: string };
  }
}
