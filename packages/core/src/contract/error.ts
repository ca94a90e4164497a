import { brandOf, hasBrand, isInstance } from './brand.js';
import { jsonOf, type ProducerErrorJson } from './error-json.js';

/**
 * The error codes of core, its middleware and its adapters, the same for every client. A middleware
 * that stores records adds its own codes (`JOURNAL_…`, `LEFT_IN_JOURNAL`, `DEAD_LETTERS_…`, see the
 * table in core's README). Third parties may add more, so {@link ErrorCode} accepts any string.
 */
export const errorCodes = [
  // Mistakes of the caller
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
  // Kafka and the connection to it
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

/** An error code of the Kafka protocol: its number and name. */
export interface KafkaError {
  readonly code: number;
  readonly name: string;
}

export interface ProducerErrorDetails {
  /** The broker's error code, when a broker reported one. */
  readonly kafka?: KafkaError | undefined;
  /** Whether sending the same record again can succeed. Default false. */
  readonly retriable?: boolean | undefined;
  /** How many milliseconds to wait before another attempt can succeed. */
  readonly retryAfter?: number | undefined;
  /** Whether the record may be in the topic despite the error. Default false. */
  readonly maybeWritten?: boolean | undefined;
  readonly cause?: unknown;
  /** The middleware or adapter that reports the error. */
  readonly stage?: string | undefined;
  /** The record field or the option that is invalid. */
  readonly field?: string | undefined;
  /** Every problem found, when one error reports several. */
  readonly problems?: readonly string[] | undefined;
}

const brand = brandOf('ProducerError');

/**
 * The base class of every Holdfast error: {@link ConfigurationError}, {@link DeliveryError}, and
 * the errors that `flush` and `close` reject with. `instanceof` and {@link ProducerError.is} also
 * recognize errors of a second copy of the package.
 */
export class ProducerError extends Error {
  override readonly name: string = 'ProducerError';
  readonly code: ErrorCode;
  readonly kafka?: KafkaError;
  readonly retriable: boolean;
  /** How many milliseconds to wait before another attempt can succeed. */
  readonly retryAfter?: number;
  /**
   * True when the record may be in the topic despite the error: the outcome was `unknown`, and
   * sending the record again can duplicate it. False when sending it again cannot.
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
   * Returns the error for JSON loggers: with its message, which `JSON.stringify` omits for a plain
   * `Error`, and with its causes, but without stacks or a record's bytes.
   */
  toJSON(): ProducerErrorJson {
    return jsonOf(this);
  }

  static is(value: unknown): value is ProducerError {
    return hasBrand(value, brand);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A derived class has no brand of its own.
    return this === ProducerError ? hasBrand(value, brand) : isInstance(this, value);
  }
}

Object.defineProperty(ProducerError.prototype, brand, { value: true });
