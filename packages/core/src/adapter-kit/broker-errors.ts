import { ProducerError, type KnownErrorCode } from '../contract/error.js';
import { failed, unknown, type Failed, type Unknown } from '../contract/outcome.js';
import { protocolError } from './protocol-errors.js';

/** The topic and partition of a broker's response, and the adapter that reports it. */
export interface AnswerContext {
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  /** The adapter. */
  readonly stage: string;
  /** The client's own error, if there is one. It must contain no payload and no secret. */
  readonly cause?: unknown;
}

interface Meaning {
  readonly code: KnownErrorCode;
  /** The cause, and what to do about it. */
  readonly remedy: string;
}

const unknownTopic: Meaning = {
  code: 'UNKNOWN_TOPIC',
  remedy:
    'the broker knows no such topic or partition (yet); create it, or correct the name, or let the client create it',
};
const leaderUnavailable: Meaning = {
  code: 'LEADER_UNAVAILABLE',
  remedy: 'the partition has no leader at the moment; try again once one is elected',
};
const tooLarge: Meaning = {
  code: 'RECORD_TOO_LARGE',
  remedy: "make the record smaller, or raise the topic's max.message.bytes",
};
const notEnoughReplicas: Meaning = {
  code: 'NOT_ENOUGH_REPLICAS',
  remedy: "fewer replicas are in sync than the topic's min.insync.replicas; try again once brokers are back",
};
const notAuthorized: Meaning = {
  code: 'AUTHORIZATION_FAILED',
  remedy: 'the user that this client logs in as has no right to do this; grant it (ACL) or use another user',
};
const notAuthenticated: Meaning = {
  code: 'AUTHENTICATION_FAILED',
  remedy: 'the broker refused the login; check the SASL mechanism, user name and password',
};

const meanings = new Map<number, Meaning>([
  [3, unknownTopic],
  [100, unknownTopic],
  [103, unknownTopic],
  [5, leaderUnavailable],
  [
    6,
    { code: 'LEADER_UNAVAILABLE', remedy: 'this broker does not lead the partition, or no more; try again' },
  ],
  [9, leaderUnavailable],
  [74, leaderUnavailable],
  [75, leaderUnavailable],
  [80, leaderUnavailable],
  [83, leaderUnavailable],
  [108, leaderUnavailable],
  [10, tooLarge],
  [18, tooLarge],
  [19, notEnoughReplicas],
  [20, notEnoughReplicas],
  [29, notAuthorized],
  [30, notAuthorized],
  [31, notAuthorized],
  [53, notAuthorized],
  [65, notAuthorized],
  [33, notAuthenticated],
  [34, notAuthenticated],
  [58, notAuthenticated],
  [66, notAuthenticated],
  [
    7,
    { code: 'REQUEST_TIMED_OUT', remedy: 'the replicas did not confirm in time; the record may be written' },
  ],
  [8, { code: 'BROKER_UNREACHABLE', remedy: 'the broker is not available; try again once it is back' }],
  [13, { code: 'CONNECTION_LOST', remedy: 'the connection broke; the record may be written' }],
  [
    32,
    {
      code: 'KAFKA_ERROR',
      remedy:
        "the record's timestamp is too far from the broker's clock: give ms since 1970, or change the topic's message.timestamp.before.max.ms or …after.max.ms",
    },
  ],
  [
    87,
    {
      code: 'KAFKA_ERROR',
      remedy: "the topic refuses this record: one with cleanup.policy 'compact' wants a key in each",
    },
  ],
]);

const other: Meaning = { code: 'KAFKA_ERROR', remedy: "see 'kafka' for the broker's own code" };

/**
 * Returns Holdfast's code for a code of the Kafka protocol: `KAFKA_ERROR` if it has none of its
 * own.
 */
export const errorCodeOf = (protocolCode: number): KnownErrorCode =>
  (meanings.get(protocolCode) ?? other).code;

/**
 * Returns the error for a broker's response. All adapters use it, so that errors do not depend on
 * the client.
 */
export function brokerError(protocolCode: number, context: AnswerContext): ProducerError {
  const { code, name, retriable } = protocolError(protocolCode);
  const meaning = meanings.get(protocolCode) ?? other;
  return new ProducerError(
    meaning.code,
    `${placeOf(context)}: the broker answered ${name} (${code}): ${meaning.remedy}`,
    { kafka: { code, name }, retriable, stage: context.stage, cause: context.cause },
  );
}

/** Returns `unknown` if the record may be in the topic despite the error, else `failed`. */
export function brokerOutcome(protocolCode: number, context: AnswerContext): Failed | Unknown {
  const error = brokerError(protocolCode, context);
  return protocolError(protocolCode).maybeWritten ? unknown(error) : failed(error);
}

function placeOf({ topic, partition }: AnswerContext): string {
  if (topic === undefined) return 'the cluster';
  return partition === undefined ? `topic '${topic}'` : `topic '${topic}', partition ${partition}`;
}
