import type { Conservation } from './conservation.js';

/**
 * What the service that sent the records knows about them: one byte of flags per record, by the
 * record's number.
 */
export interface Ledger {
  readonly flags: Uint8Array;
  /** How often `send` rejected with each error, by its code or name. */
  readonly errors: { readonly [name: string]: number };
  /**
   * Uncaught exceptions and rejections, which would have ended the process, and breaches of
   * Holdfast's contract.
   */
  readonly uncaught: readonly string[];
  /** Undefined for a plain client, which does not report it. */
  readonly conservation: Conservation | undefined;
}

export const acknowledged = 1;
export const rejected = 2;
/**
 * One of the record's attempts ended as `unknown`: it may have been written although no answer
 * came.
 */
export const onceUnknown = 4;
/** Fire-and-forget: no caller waits for an answer. */
export const unheard = 8;
