import type { ProducerError } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';

/**
 * What the adapter does with one record of one call. An empty step delivers it in the next turn.
 */
export interface Step {
  /** Default `'delivered'`. */
  readonly outcome?: 'delivered' | 'failed' | 'unknown';
  /**
   * Sets the outcome inside `send` and settles the record later, as an adapter may do: until then
   * nobody may read it. Default false.
   */
  readonly early?: boolean;
  /**
   * The error of `failed` and `unknown`. Default: `LEADER_UNAVAILABLE` and `REQUEST_TIMED_OUT`,
   * both retriable.
   */
  readonly error?: ProducerError;
  /** Time until the record is settled, ms. Default 0: in the next turn, never inside `send`. */
  readonly delayMs?: number;
  /** Whether the record is in the topic, whatever its outcome. Default: only if `delivered`. */
  readonly written?: boolean;
  /**
   * Time until the record is in the topic, ms. Default 0: it is written inside `send`, in the order
   * of the batch, as over one connection to a broker. More than `delayMs` simulates a request that
   * is written after it was given up; a `delivered` record is written when it is settled at the
   * latest.
   */
  readonly writeAfterMs?: number;
  /**
   * Records of one call with the same delay and part are settled together; lower parts first.
   * Default 0.
   */
  readonly part?: number;
  /** The fault of a wrong adapter or a hanging client. Default none. */
  readonly fault?: Fault;
}

/**
 * - `throws`: `send` throws; this record and later ones of the batch are not taken.
 * - `sync`: settles inside `send`.
 * - `twice`: settles once more in the turn after.
 * - `hangs`: it is not settled before `disconnect`, which settles it as `unknown`.
 * - `never`: it is never settled, not even by `disconnect`.
 * - `no-outcome`: settles without an outcome.
 */
export type Fault = 'throws' | 'sync' | 'twice' | 'hangs' | 'never' | 'no-outcome';

/** The record and time that a step is requested for. */
export interface StepContext {
  /** The number of earlier calls of `send`. */
  readonly call: number;
  /** The record's index in the batch. */
  readonly index: number;
  readonly batchSize: number;
  /** How often the adapter has received this delivery, this time included. */
  readonly attempt: number;
  /** The record's partition. */
  readonly partition: number;
  /** Monotonic ms. */
  readonly now: number;
}

export type StepFunction = (delivery: Delivery, context: StepContext) => Step;

/**
 * A function called per record and call; or a list with one entry per call: a step for all its
 * records, or a list of steps by index in the batch. Beyond the end of a list, records are
 * delivered.
 */
export type Script = StepFunction | readonly (Step | readonly Step[])[];

const delivered: Step = {};

export function stepFunction(script: Script): StepFunction {
  if (typeof script === 'function') return script;
  return (_delivery, { call, index }) => {
    const entry = script[call];
    if (entry === undefined) return delivered;
    return isList(entry) ? (entry[index] ?? delivered) : entry;
  };
}

const isList = (entry: Step | readonly Step[]): entry is readonly Step[] => Array.isArray(entry);
