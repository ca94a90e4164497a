import type { Failed, Headers, Unknown } from '@holdfast/core';
import type { KafkaError } from '@holdfast/core/stage';

/** Why a record could not be delivered, as plain data that survives a topic or a file. */
export interface DeadLetterError {
  /** Holdfast's code, as `RECORD_TOO_LARGE`. */
  readonly code: string;
  /** What the last attempt failed with, as `UNKNOWN_TOPIC`, when `code` only says that it was given up. */
  readonly cause?: string;
  /** The class of the error that began it: the Kafka client's own where there is one. */
  readonly class: string;
  /** Cut to `maxHeaderBytes`. */
  readonly message: string;
  /** The broker's own answer, when there was one. */
  readonly kafka?: KafkaError;
  /** Only with `stack: true`; cut to `maxHeaderBytes`. */
  readonly stack?: string;
}

/** A record as it was when it was sent; it fits `producer.send`. */
export interface OriginalRecord {
  readonly topic: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** An array is the same header given several times. */
  readonly headers: Readonly<Headers>;
  /** Missing: none was asked for. */
  readonly partition?: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

/** A record that could not be delivered, and why. */
export interface DeadLetter {
  /** Unique; the same in whatever sink it ended in. */
  readonly id: string;
  /** When it was dead-lettered: milliseconds since 1970. */
  readonly at: number;
  /** `failed`: certainly not in its topic. `unknown`: it may be there, and to send it again may duplicate it. */
  readonly status: 'failed' | 'unknown';
  readonly error: DeadLetterError;
  /** Attempts after the first one. */
  readonly retries: number;
  /** Kafka's hash (murmur2) of the key; only with `keyHash: true`, and when there is a key. */
  readonly keyHash?: number;
  readonly record: OriginalRecord;
}

/** What the callback is given. */
export interface CallbackLetter extends DeadLetter {
  /** With the error itself and its causes. */
  readonly outcome: Failed | Unknown;
}
