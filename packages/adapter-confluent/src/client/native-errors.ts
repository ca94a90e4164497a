import { protocolError } from '@holdfast/core/adapter';
import type { KnownErrorCode } from '@holdfast/core/stage';

/** librdkafka's own codes that this adapter acts on: `rd_kafka_resp_err_t` in `rdkafka.h`. */
export const nativeCodes = {
  resolve: -193,
  transport: -195,
  messageTimedOut: -192,
  unknownPartition: -190,
  unknownTopic: -188,
  allBrokersDown: -187,
  timedOut: -185,
  queueFull: -184,
  ssl: -181,
  state: -172,
  authentication: -169,
  unsupportedFeature: -165,
  purgedQueue: -152,
  purgedInFlight: -151,
  fatal: -150,
  gapless: -148,
  otherRecordInvalid: -138,
  fenced: -144,
} as const;

/** Where a record was sent. */
export interface Place {
  readonly topic: string;
  readonly partition?: number | undefined;
}

export function placeOf({ topic, partition }: Place): string {
  return partition === undefined ? `topic '${topic}'` : `topic '${topic}', partition ${partition}`;
}

/** What a code of librdkafka's own means for a record. */
export interface Meaning {
  readonly code: KnownErrorCode;
  readonly status: 'failed' | 'unknown';
  readonly retriable: boolean;
  readonly text: string;
}

const meaning = (
  code: KnownErrorCode,
  status: 'failed' | 'unknown',
  retriable: boolean,
  text: string,
): Meaning => ({ code, status, retriable, text });

const dead = 'the client is dead and is replaced by another; the record may be written';

// The status is `failed` only where librdkafka vouches for it: it does not report a message's
// persistence to Node.js.
const meanings = new Map<number, Meaning>([
  [-199, meaning('KAFKA_ERROR', 'unknown', true, 'the answer could not be read; the record may be written')],
  [-197, meaning('CLIENT_FATAL', 'unknown', true, dead)],
  [-195, meaning('CONNECTION_LOST', 'unknown', true, 'the connection broke; the record may be written')],
  [-193, meaning('BROKER_UNREACHABLE', 'failed', true, "the broker's name cannot be resolved")],
  [-192, meaning('REQUEST_TIMED_OUT', 'unknown', true, 'no answer came in time; the record may be written')],
  // A partition that the topic does not have is refused earlier; this one existed when the record
  // was placed.
  [
    -190,
    meaning('UNKNOWN_PARTITION', 'failed', true, 'the partition no longer exists: the topic has changed'),
  ],
  [-188, meaning('UNKNOWN_TOPIC', 'failed', true, 'the brokers know no such topic (yet); create it')],
  [-187, meaning('BROKER_UNREACHABLE', 'failed', true, 'no broker is connected')],
  [-186, meaning('INVALID_RECORD', 'failed', false, 'the client refused it as an invalid argument')],
  [-185, meaning('REQUEST_TIMED_OUT', 'unknown', true, 'no answer came in time; the record may be written')],
  [-184, meaning('CLIENT_QUEUE_FULL', 'failed', true, "the client's own queue is full")],
  [-183, meaning('NOT_ENOUGH_REPLICAS', 'failed', true, 'too few replicas are in sync')],
  [-181, meaning('TLS_FAILED', 'unknown', true, 'TLS failed on a connection; the record may be written')],
  [-172, meaning('CLIENT_FATAL', 'failed', true, 'the client is no longer connected')],
  [-169, meaning('AUTHENTICATION_FAILED', 'failed', false, 'the broker refused the login')],
  [-166, meaning('REQUEST_TIMED_OUT', 'failed', true, 'it waited too long within the client')],
  [-165, meaning('KAFKA_ERROR', 'failed', false, 'the broker lacks a feature that the settings require')],
  [-150, meaning('CLIENT_FATAL', 'unknown', true, dead)],
  [-138, meaning('KAFKA_ERROR', 'failed', true, 'another record of the same request was invalid')],
]);

const other = meaning('KAFKA_ERROR', 'unknown', true, 'the client failed; the record may be written');

/** Returns the meaning of one of librdkafka's own codes. */
export const meaningOf = (code: number): Meaning => meanings.get(code) ?? other;

/** No code of librdkafka's own is above this one. */
const largestOwn = -100;

/** Returns true for a code of the Kafka protocol, and for 0. */
export const isBrokerCode = (code: number): boolean => code > largestOwn;

/** The broker's `UNKNOWN_TOPIC_OR_PARTITION`. */
export const unknownTopicOrPartition = 3;

/**
 * The broker's `OUT_OF_ORDER_SEQUENCE_NUMBER`, `INVALID_PRODUCER_EPOCH` and `UNKNOWN_PRODUCER_ID`:
 * the broker and the idempotent client disagree on what is written. The record is not at fault, and
 * the client would go on with the next one.
 */
const outOfSequence: readonly number[] = [45, 47, 59];

/**
 * Returns why a client has to be replaced because of a broker's code; `undefined` when it need not
 * be.
 */
export function outOfSequenceReason(code: number): string | undefined {
  return outOfSequence.includes(code)
    ? `a broker does not agree with it on what is written (${protocolError(code).name})`
    : undefined;
}

/** Returns true for a code after which the client does nothing any more, or must not. */
export const isFatal = (code: number): boolean =>
  outOfSequence.includes(code) ||
  code === nativeCodes.fatal ||
  code === nativeCodes.fenced ||
  code === nativeCodes.gapless ||
  code === nativeCodes.state;

/**
 * Returns true for a code with which a dying client drops a record. The cause of its death comes
 * separately.
 */
export const isPurge = (code: number): boolean =>
  code === nativeCodes.purgedQueue || code === nativeCodes.purgedInFlight;

/**
 * Returns true for a code that shows that the topic or partition has changed since the record was
 * placed.
 */
export const isStaleMetadata = (code: number): boolean =>
  code === nativeCodes.unknownPartition ||
  code === nativeCodes.unknownTopic ||
  code === unknownTopicOrPartition;

/** Why a broker rejected a whole request: its size, or one of its records. */
export type RejectionReason = 'size' | 'record';

/** The broker's `MESSAGE_TOO_LARGE` and `RECORD_LIST_TOO_LARGE`. */
const tooLarge: readonly number[] = [10, 18];

/**
 * Returns why the request was rejected; `undefined` when the code is about each record that it is
 * reported for.
 */
export function rejectionReasonOf(code: number): RejectionReason | undefined {
  if (tooLarge.includes(code)) return 'size';
  return code === nativeCodes.otherRecordInvalid || protocolError(code).splittable ? 'record' : undefined;
}
