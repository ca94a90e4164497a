import type { ProducerError } from './error.js';

/** Where Kafka stored the record. */
export interface Delivered {
  readonly status: 'delivered';
  readonly topic: string;
  readonly partition: number;
  /** -1 when the broker was not asked (`acks: 0`). Exact up to 2^53. */
  readonly offset: number;
  /** Milliseconds since 1970: the broker's append time where the topic uses that, else the record's own. */
  readonly timestamp: number;
}

/** A dead-letter queue took the record; `error` says why it could not be delivered. */
export interface DeadLettered {
  readonly status: 'dead-lettered';
  /** The topic, file or callback that has it now. */
  readonly to: string;
  /** Why; its `maybeWritten` says whether the record may be in its topic all the same. */
  readonly error: ProducerError;
}

/** The stage `by` owns the record now and answers for it. */
export interface Accepted {
  readonly status: 'accepted';
  readonly by: string;
}

/** Certainly not written. */
export interface Failed {
  readonly status: 'failed';
  readonly error: ProducerError;
  /** See {@link Unknown.notKept}. */
  readonly notKept?: true;
}

/** May have been written: the answer never came. Trying again can duplicate the record. */
export interface Unknown {
  readonly status: 'unknown';
  readonly error: ProducerError;
  /** A dead-letter queue could not take the record now, and may be able to later: a stage that answers for it keeps it until then. */
  readonly notKept?: true;
}

export type Outcome = Delivered | DeadLettered | Accepted | Failed | Unknown;

/** What a successful `send` resolves with. */
export type Receipt = Delivered | Accepted;

export const failed = (error: ProducerError): Failed => ({ status: 'failed', error });
export const unknown = (error: ProducerError): Unknown => ({ status: 'unknown', error });
