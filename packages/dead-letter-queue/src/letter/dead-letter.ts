import type { Failed, Headers, Unknown } from '@holdfast/core';
import type { KafkaError } from '@holdfast/core/stage';

/** Why a record could not be delivered, as plain data that can be stored in a topic or a file. */
export interface DeadLetterError {
  /** Holdfast's code, such as `RECORD_TOO_LARGE`. */
  readonly code: string;
  /**
   * The code of the last attempt's error, such as `UNKNOWN_TOPIC`. Present when `code` reports only
   * that the record was given up.
   */
  readonly cause?: string;
  /** The class of the innermost error: the Kafka client's own where there is one. */
  readonly class: string;
  /** Truncated to `maxHeaderBytes`. */
  readonly message: string;
  /** The broker's response, if there was one. */
  readonly kafka?: KafkaError;
  /** Only with `stack: true`. Truncated to `maxHeaderBytes`. */
  readonly stack?: string;
}

/** A record as it was when it was sent. It can be passed to `producer.send`. */
export interface OriginalRecord {
  readonly topic: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** An array holds the values of a header that occurs several times. */
  readonly headers: Readonly<Headers>;
  /** Absent when the record requested none. */
  readonly partition?: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

/** A record that could not be delivered, and why. */
export interface DeadLetter {
  /** Unique, and the same in every sink. */
  readonly id: string;
  /** When the record was dead-lettered, in milliseconds since 1970. */
  readonly at: number;
  /**
   * `failed`: certainly not in its topic. `unknown`: possibly in its topic, so that sending it
   * again may duplicate it.
   */
  readonly status: 'failed' | 'unknown';
  readonly error: DeadLetterError;
  /** Attempts after the first one. */
  readonly retries: number;
  /** Kafka's hash (murmur2) of the key. Only with `keyHash: true`, for a record that has a key. */
  readonly keyHash?: number;
  readonly record: OriginalRecord;
}

/** What the callback receives. */
export interface CallbackLetter extends DeadLetter {
  /** The outcome, with the error itself and its causes. */
  readonly outcome: Failed | Unknown;
}
