import { ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { brokerOutcome, protocolError } from '@holdfast/core/adapter';
import { failed, unknown, type KnownErrorCode } from '@holdfast/core/stage';
import { stage } from '../stage.js';

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

/** Where a record was on its way to. */
export interface Place {
  readonly topic: string;
  readonly partition?: number | undefined;
}

interface Meaning {
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

const gone = 'the client is dead, and another takes its place; the record may be written';

// The status of a code is `failed` only where librdkafka vouches for it: it tells Node nothing of a message's persistence.
const meanings = new Map<number, Meaning>([
  [-199, meaning('KAFKA_ERROR', 'unknown', true, 'the answer could not be read; the record may be written')],
  [-197, meaning('CLIENT_FATAL', 'unknown', true, gone)],
  [-195, meaning('CONNECTION_LOST', 'unknown', true, 'the connection broke; the record may be written')],
  [-193, meaning('BROKER_UNREACHABLE', 'failed', true, "the broker's name cannot be resolved")],
  [-192, meaning('REQUEST_TIMED_OUT', 'unknown', true, 'no answer came in time; the record may be written')],
  // Partitions that a topic does not have are refused before; this one was there when the record was placed.
  [-190, meaning('UNKNOWN_PARTITION', 'failed', true, 'the client knows it no more: the topic has changed')],
  [-188, meaning('UNKNOWN_TOPIC', 'failed', true, 'the brokers know no such topic (yet); create it')],
  [-187, meaning('BROKER_UNREACHABLE', 'failed', true, 'no broker is connected')],
  [-186, meaning('INVALID_RECORD', 'failed', false, 'the client refused it as an invalid argument')],
  [-185, meaning('REQUEST_TIMED_OUT', 'unknown', true, 'no answer came in time; the record may be written')],
  [-184, meaning('CLIENT_QUEUE_FULL', 'failed', true, "the client's own queue is full")],
  [-183, meaning('NOT_ENOUGH_REPLICAS', 'failed', true, 'too few replicas are in sync')],
  [-181, meaning('TLS_FAILED', 'unknown', true, 'TLS failed on a connection; the record may be written')],
  [-172, meaning('CLIENT_FATAL', 'failed', true, 'the client is not connected any more')],
  [-169, meaning('AUTHENTICATION_FAILED', 'failed', false, 'the broker refused the login')],
  [-166, meaning('REQUEST_TIMED_OUT', 'failed', true, 'it waited too long within the client')],
  [-165, meaning('KAFKA_ERROR', 'failed', false, 'the broker lacks a feature that the settings ask for')],
  [-150, meaning('CLIENT_FATAL', 'unknown', true, gone)],
  [-138, meaning('KAFKA_ERROR', 'failed', true, 'another record of the same request was invalid')],
]);

const other = meaning('KAFKA_ERROR', 'unknown', true, 'the client failed; the record may be written');
const largest = -100;
/** True for a code of the Kafka protocol, and for 0; librdkafka's own are below. */
export const isOfBroker = (code: number): boolean => code > largest;
/** The broker's `UNKNOWN_TOPIC_OR_PARTITION`. */
export const unknownTopicOrPartition = 3;

/**
 * The broker's OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH and UNKNOWN_PRODUCER_ID: it and the idempotent client do not
 * agree on what is written. The record is not at fault, and the client would go on with the next one.
 */
const outOfStep: readonly number[] = [45, 47, 59];

export function outOfStepWith(code: number): string | undefined {
  return outOfStep.includes(code)
    ? `a broker does not agree with it on what is written (${protocolError(code).name})`
    : undefined;
}

/** True for a code after which the instance does nothing any more, or must not. */
export const isDeadly = (code: number): boolean =>
  outOfStep.includes(code) ||
  code === nativeCodes.fatal ||
  code === nativeCodes.fenced ||
  code === nativeCodes.gapless ||
  code === nativeCodes.state;

/** True for a code with which a client that dies throws a record away. What it died of comes apart, and says more. */
export const isPurge = (code: number): boolean =>
  code === nativeCodes.purgedQueue || code === nativeCodes.purgedInFlight;

/** True for a code that says that the topic, or the partition, is not as it was when the record was placed. */
export const isOfAnotherTopic = (code: number): boolean =>
  code === nativeCodes.unknownPartition ||
  code === nativeCodes.unknownTopic ||
  code === unknownTopicOrPartition;

/** What a request was refused for, all its records with it: their bytes together, or one of them. */
export type Blame = 'size' | 'record';

/** The broker's `MESSAGE_TOO_LARGE` and `RECORD_LIST_TOO_LARGE`. */
const tooLarge: readonly number[] = [10, 18];

/** `undefined`: the code speaks of each record that it is given for. */
export function blameOf(code: number): Blame | undefined {
  if (tooLarge.includes(code)) return 'size';
  return code === nativeCodes.otherRecordInvalid || protocolError(code).splittable ? 'record' : undefined;
}

/**
 * The outcome of a code that the client gave, its own or the broker's. Only the number counts: the flags that say whether an
 * error may be tried again never arrive in Node.
 */
export function outcomeOf(code: number, place: Place, cause: unknown): Failed | Unknown {
  if (isOfBroker(code)) return brokerOutcome(code, { ...place, stage, cause });
  const { code: ours, status, retriable, text } = meanings.get(code) ?? other;
  const error = new ProducerError(ours, `${placeOf(place)}: ${text} (librdkafka ${code})`, {
    cause,
    retriable,
    stage,
  });
  return status === 'failed' ? failed(error) : unknown(error);
}

/** What `produce` threw: nothing was queued, so nothing will be written. */
export function refusalOf(code: number, place: Place, cause: unknown): Failed {
  return failed(outcomeOf(code, place, cause).error);
}

export function placeOf({ topic, partition }: Place): string {
  return partition === undefined ? `topic '${topic}'` : `topic '${topic}', partition ${partition}`;
}
