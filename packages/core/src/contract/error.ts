import { brandOf, hasBrand, isInstance } from './brand.js';
import { jsonOf, type ProducerErrorJson } from './error-json.js';

/**
 * The codes of core and of what keeps its contract, the same over every adapter. A middleware that keeps records elsewhere adds
 * codes of its own (`JOURNAL_…`, `LEFT_IN_JOURNAL`, `DEAD_LETTERS_…`, see the table in core's README), as may a third party's, hence the open
 * end of {@link ErrorCode}.
 */
export const errorCodes = [
  // The caller's
  'INVALID_RECORD',
  'INVALID_OPTIONS',
  'INVALID_CHAIN',
  'SERIALIZER_FAILED',
  'CLOSED',
  // Time and room
  'DELIVERY_TIMEOUT',
  'BLOCK_TIMEOUT',
  'FLUSH_TIMEOUT',
  'FLUSH_FAILED',
  'CLOSE_TIMEOUT',
  'CLOSE_FAILED',
  'BUFFER_FULL',
  'DROPPED_OLDEST',
  'DROPPED_NEWEST',
  // Stages
  'STAGE_FAILED',
  'RETRIES_EXHAUSTED',
  'CIRCUIT_OPEN',
  'DEAD_LETTERED',
  // Kafka and the way there
  'BROKER_UNREACHABLE',
  'CONNECTION_LOST',
  'REQUEST_TIMED_OUT',
  'TLS_FAILED',
  'AUTHENTICATION_FAILED',
  'AUTHORIZATION_FAILED',
  'UNKNOWN_TOPIC',
  'UNKNOWN_PARTITION',
  'RECORD_TOO_LARGE',
  'LEADER_UNAVAILABLE',
  'NOT_ENOUGH_REPLICAS',
  'CLIENT_QUEUE_FULL',
  'CLIENT_FATAL',
  'KAFKA_ERROR',
  'UNCLASSIFIED',
] as const;

export type KnownErrorCode = (typeof errorCodes)[number];
export type ErrorCode = KnownErrorCode | (string & {});

/** A broker's answer: the protocol's number and name. */
export interface KafkaError {
  readonly code: number;
  readonly name: string;
}

export interface ProducerErrorDetails {
  /** The broker's own answer, when there was one. */
  readonly kafka?: KafkaError | undefined;
  /** Trying the same record again can succeed. Default false. */
  readonly retriable?: boolean | undefined;
  /** Milliseconds before which trying again is useless. */
  readonly retryAfter?: number | undefined;
  /** The record may be in the topic all the same. Default false. */
  readonly maybeWritten?: boolean | undefined;
  readonly cause?: unknown;
  /** The middleware or adapter that speaks. */
  readonly stage?: string | undefined;
  /** The field of a record or the option that was refused. */
  readonly field?: string | undefined;
  /** Every problem found, when one error reports several. */
  readonly problems?: readonly string[] | undefined;
}

const brand = brandOf('ProducerError');

/**
 * The base of every error of Holdfast: {@link ConfigurationError}, {@link DeliveryError} and what
 * `flush` and `close` reject with. `instanceof` and {@link ProducerError.is} know the errors of a
 * second copy of the package, too.
 */
export class ProducerError extends Error {
  override readonly name: string = 'ProducerError';
  readonly code: ErrorCode;
  readonly kafka?: KafkaError;
  readonly retriable: boolean;
  /** Milliseconds before which trying again is useless. */
  readonly retryAfter?: number;
  /**
   * True when the record may be in the topic all the same: the outcome was `unknown`. Sending it
   * again can duplicate it; with false it cannot.
   */
  readonly maybeWritten: boolean;
  readonly stage?: string;
  readonly field?: string;
  readonly problems?: readonly string[];

  constructor(code: ErrorCode, message: string, details: ProducerErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retriable = details.retriable ?? false;
    this.maybeWritten = details.maybeWritten ?? false;
    if (details.kafka !== undefined) this.kafka = details.kafka;
    if (details.retryAfter !== undefined) this.retryAfter = details.retryAfter;
    if (details.stage !== undefined) this.stage = details.stage;
    if (details.field !== undefined) this.field = details.field;
    if (details.problems !== undefined) this.problems = details.problems;
  }

  /**
   * Returns the error for loggers that write JSON: with its message, which `Error` hides from
   * them, and its causes, without stacks and without a record's bytes.
   */
  toJSON(): ProducerErrorJson {
    return jsonOf(this);
  }

  static is(value: unknown): value is ProducerError {
    return hasBrand(value, brand);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class that somebody derives from this one has no brand of its own.
    return this === ProducerError ? hasBrand(value, brand) : isInstance(this, value);
  }
}

Object.defineProperty(ProducerError.prototype, brand, { value: true });
