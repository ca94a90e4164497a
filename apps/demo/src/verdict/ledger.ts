import type { Conservation } from './conservation.js';

/** What the service that sent the records knows of them: one byte of flags a record, by the record's number. */
export interface Ledger {
  readonly flags: Uint8Array;
  /** How often each error came with which `send` rejected, by its name or code. */
  readonly errors: { readonly [name: string]: number };
  /** Exceptions and rejections that nobody caught, which would have ended the process, and breaches of Holdfast's contract. */
  readonly uncaught: readonly string[];
  /** Undefined for a plain client: it does not say. */
  readonly conservation: Conservation | undefined;
}

export const acknowledged = 1;
export const rejected = 2;
/** One of the record's attempts ended as `unknown`: it may have been written although no answer came. */
export const onceUnknown = 4;
/** Fire-and-forget: nobody waits for an answer. */
export const unheard = 8;
