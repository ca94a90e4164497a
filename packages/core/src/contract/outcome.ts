import type { ProducerError } from './error.js';

/** Kafka stored the record at this partition and offset. */
export interface Delivered {
  readonly status: 'delivered';
  readonly topic: string;
  readonly partition: number;
  /** -1 when the broker does not report it (`acks: 0`). Exact up to 2^53. */
  readonly offset: number;
  /**
   * Milliseconds since 1970: the broker's append time where the topic uses it, else the record's
   * own.
   */
  readonly timestamp: number;
}

/** A dead-letter queue stored the record because it could not be delivered. */
export interface DeadLettered {
  readonly status: 'dead-lettered';
  /** The topic, file or callback that received the record. */
  readonly to: string;
  /**
   * Why it could not be delivered. With `maybeWritten`, the record may be in its original topic as
   * well.
   */
  readonly error: ProducerError;
}

/** The stage `by` now owns the record and is responsible for it. */
export interface Accepted {
  readonly status: 'accepted';
  readonly by: string;
}

/** The record was certainly not written. */
export interface Failed {
  readonly status: 'failed';
  readonly error: ProducerError;
  /** See {@link Unknown.notKept}. */
  readonly notKept?: true;
}

/** The record may have been written: no response arrived. Sending it again can duplicate it. */
export interface Unknown {
  readonly status: 'unknown';
  readonly error: ProducerError;
  /**
   * A dead-letter queue could not store the record now but may later; a stage that owns the record
   * keeps it until then.
   */
  readonly notKept?: true;
}

export type Outcome = Delivered | DeadLettered | Accepted | Failed | Unknown;

/** The result of a successful `send`. */
export type Receipt = Delivered | Accepted;

/** Creates a `failed` outcome: use it only when no attempt can have written the record. */
export const failed = (error: ProducerError): Failed => ({ status: 'failed', error });
/** Creates an `unknown` outcome: the record may have been written. */
export const unknown = (error: ProducerError): Unknown => ({ status: 'unknown', error });
