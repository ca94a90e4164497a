import type { ProducerError } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';

/** What the adapter does with one record of one call. Everything left out: delivered in the next turn. */
export interface Step {
  /** Default `'delivered'`. */
  readonly outcome?: 'delivered' | 'failed' | 'unknown';
  /**
   * The outcome is set inside `send` and settled when the answer comes, as an adapter may do: until then it is nobody's to
   * read. Default false.
   */
  readonly early?: boolean;
  /** For `failed` and `unknown`. Default: `LEADER_UNAVAILABLE` and `REQUEST_TIMED_OUT`, both retriable. */
  readonly error?: ProducerError;
  /** Until the answer comes. Default 0: in the next turn, never inside `send`. */
  readonly delayMs?: number;
  /** Whether the record is in the topic, whatever the answer says. Default: only when `delivered`. */
  readonly written?: boolean;
  /**
   * Until the record is in the topic. Default 0: written inside `send`, in the order of the batch, as one connection to a
   * broker has it. More than `delayMs` makes a request that is written after it was given up; `delivered` waits for no
   * later than its answer.
   */
  readonly writeAfterMs?: number;
  /** Records of one call with the same delay and part are settled together; lower parts first. Default 0. */
  readonly part?: number;
  /** What a wrong adapter, or a hanging client, does. Default none. */
  readonly fault?: Fault;
}

/**
 * - `throws`: `send` throws; this record and those after it in the batch are not taken.
 * - `sync`: settles inside `send`.
 * - `twice`: settles once more in the turn after.
 * - `hangs`: no answer comes; `disconnect` settles it as `unknown`, as a client that is closed does.
 * - `never`: forgotten; not even `disconnect` settles it.
 * - `no-outcome`: settles without an outcome.
 */
export type Fault = 'throws' | 'sync' | 'twice' | 'hangs' | 'never' | 'no-outcome';

/** Where and when a step is asked for. */
export interface StepContext {
  /** The adapter's calls so far: 0 in the first. */
  readonly call: number;
  /** The record's place in the batch. */
  readonly index: number;
  readonly batchSize: number;
  /** How often the adapter has been handed this delivery, this time included. */
  readonly attempt: number;
  /** Where it goes. */
  readonly partition: number;
  /** Monotonic ms. */
  readonly now: number;
}

export type StepFunction = (delivery: Delivery, context: StepContext) => Step;

/**
 * A function asked for each record of each call; or one entry a call: a step for all its records, or a list of steps by
 * place in the batch. Where a list ends, records are delivered.
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
