/**
 * Every error that this package makes itself. What kafkajs throws is classified in
 * `client/kafkajs-errors.ts`.
 */
import { ConfigurationError, ProducerError } from '@holdfast/core';

/** The adapter's name in errors, events and log lines. */
export const stage = 'kafkajs';

/** UNSUPPORTED_VERSION in Kafka's protocol. */
export const unsupportedVersion = 35;

// The adapter's life.

const makeAnother = 'make another with kafkajsAdapter(…)';

export const notConnected = (isClosed: boolean): ProducerError =>
  new ProducerError('CLOSED', `the adapter is ${isClosed ? 'disconnected' : 'not connected yet'}`, { stage });

export const cannotConnectAgain = (): ProducerError =>
  new ProducerError('CLOSED', `this kafkajs adapter was disconnected; ${makeAnother}`, { stage });

export const servesAnotherProducer = (): ProducerError =>
  new ConfigurationError(
    'INVALID_CHAIN',
    `this kafkajs adapter serves a producer already, and can serve one only; ${makeAnother}`,
    { stage },
  );

export const disconnected = (): ProducerError =>
  new ProducerError('CLOSED', 'the adapter is disconnected', { stage });

export const readerClosed = (): ProducerError =>
  new ProducerError('CLOSED', 'the reader is closed', { stage });

export const closeTimedOut = (): ProducerError =>
  new ProducerError('CLOSE_TIMEOUT', 'the adapter was disconnected before the broker answered', { stage });

/** The installed kafkajs differs from the one that this package knows. */
export const unsupportedKafkajs = (): ProducerError =>
  new ConfigurationError(
    'INVALID_OPTIONS',
    'kafkajsAdapter: this is no Kafka instance of kafkajs 2.2 (a later version may be built otherwise); install kafkajs 2.2.4',
    { stage, field: 'kafka' },
  );

// Connections and requests.

export const loginRefused = (address: string, cause: unknown, retriable: boolean): ProducerError =>
  new ProducerError(
    'AUTHENTICATION_FAILED',
    `${address} refused the login: check sasl's mechanism, username and password`,
    { cause, stage, retriable },
  );

export const tlsFailed = (
  address: string,
  systemCode: string,
  cause: unknown,
  retriable: boolean,
): ProducerError =>
  new ProducerError(
    'TLS_FAILED',
    `no TLS with ${address} (${systemCode}): check ssl.ca, the certificate's names, and that what answers there speaks TLS`,
    { cause, stage, retriable },
  );

export const brokerUnreachable = (
  address: string,
  reason: string,
  remedy: string,
  cause: unknown,
): ProducerError =>
  new ProducerError('BROKER_UNREACHABLE', `${address} cannot be reached (${reason}): ${remedy}`, {
    cause,
    stage,
    retriable: true,
  });

/** No broker is connected, and the next try comes later: `last` is why the last one failed. */
export const noBroker = (last: ProducerError | undefined, retryAfter: number): ProducerError =>
  new ProducerError(last?.code ?? 'BROKER_UNREACHABLE', last?.message ?? 'no broker is connected', {
    stage,
    cause: last?.cause,
    kafka: last?.kafka,
    retriable: last?.retriable ?? true,
    retryAfter,
  });

export const gaveUpReconnecting = (tries: number, last: ProducerError | undefined): ProducerError =>
  new ProducerError(
    'CLIENT_FATAL',
    `no broker could be reached in ${tries} tries (reconnect.tries); the last one failed because: ${last?.message ?? ''}`,
    { stage, cause: last },
  );

/** The connection ended while a request was in flight. */
export const connectionLost = (address: string, cause?: unknown): ProducerError =>
  new ProducerError('CONNECTION_LOST', `the connection to ${address} was lost before an answer came`, {
    cause,
    stage,
    retriable: true,
  });

export const requestTimedOut = (address: string, timeoutMs: number): ProducerError =>
  new ProducerError('REQUEST_TIMED_OUT', `${address} gave no answer within ${Math.round(timeoutMs)} ms`, {
    stage,
    retriable: true,
  });

/** Quotes nothing of the client's message, which may contain what was sent. */
export const failedInClient = (address: string, name: string, cause: unknown): ProducerError =>
  new ProducerError('UNCLASSIFIED', `a request to ${address} failed within kafkajs (${name})`, {
    cause,
    stage,
  });

export const unreadableResponse = (apiVersion: number, cause: unknown): ProducerError =>
  new ProducerError(
    'UNCLASSIFIED',
    `the broker's answer cannot be read as one to produce requests of version ${apiVersion}: whether the records were written is not known`,
    { cause, stage, retriable: true },
  );

export const partitionMissing = (address: string): ProducerError =>
  new ProducerError(
    'UNCLASSIFIED',
    `the answer of ${address} leaves this partition out: whether the record was written is not known`,
    { stage, retriable: true },
  );

export const unsupportedProduceVersions = (
  broker: { readonly min: number; readonly max: number },
  own: { readonly min: number; readonly max: number },
): ProducerError =>
  new ProducerError(
    'KAFKA_ERROR',
    `the broker takes produce requests of versions ${broker.min} to ${broker.max}, and this adapter sends ` +
      `${own.min} to ${own.max}: the broker has to be Kafka 0.11 or later`,
    { stage, kafka: { code: unsupportedVersion, name: 'UNSUPPORTED_VERSION' } },
  );

/**
 * CLUSTER_AUTHORIZATION_FAILED, or UNSUPPORTED_VERSION, which stands for an API that the broker
 * does not know, too.
 */
export const refusesProducerIds = ({ kafka }: ProducerError): boolean =>
  kafka?.code === 31 || kafka?.code === unsupportedVersion;

// Records and their batches.

/** A broker would hang up on it. `bytes` are those of the request, or of the one record. */
export const tooLarge = (what: string, bytes: number, most: number): ProducerError =>
  new ProducerError(
    'RECORD_TOO_LARGE',
    `${what} has ${bytes} bytes, and a request may have ${most}: brokers hang up on more (socket.request.max.bytes); make the record smaller`,
    { stage },
  );

export const hungUpRepeatedly = (
  { topic, partition, bytes }: { readonly topic: string; readonly partition: number; readonly bytes: number },
  times: number,
  cause: ProducerError,
): ProducerError =>
  new ProducerError(
    'RECORD_TOO_LARGE',
    `topic '${topic}', partition ${partition}: the connection ended ${times} times in a row over this record of ${bytes} bytes: make it smaller, or raise the brokers' socket.request.max.bytes`,
    { stage, cause, maybeWritten: true },
  );

export const noSuchPartition = (
  topic: string,
  partition: number,
  count: number,
  chosenBy: 'the record' | 'the partitioner',
): ProducerError => {
  const who = chosenBy === 'the record' ? 'the record asks for it' : 'the partitioner chose it';
  return new ProducerError(
    'UNKNOWN_PARTITION',
    `topic '${topic}' has no partition ${partition} (${who}): it has ${count}, from 0`,
    { stage, field: 'partition' },
  );
};

export const partitionerThrew = (topic: string, cause: unknown): ProducerError =>
  new ProducerError('UNKNOWN_PARTITION', `topic '${topic}': the partitioner threw`, { cause, stage });

export const noMetadataInTime = (): ProducerError =>
  new ProducerError(
    'DELIVERY_TIMEOUT',
    'no broker returned metadata about the topic before the delivery deadline: check that the addresses are those of Kafka brokers',
    { stage, retriable: true },
  );

export const notConfirmedInTime = (topic: string, partition: number, maybeSent: boolean): ProducerError =>
  new ProducerError(
    'REQUEST_TIMED_OUT',
    `topic '${topic}', partition ${partition}: not confirmed before its delivery deadline; ${maybeSent ? 'it may still be written' : 'it was not sent'}`,
    { stage, retriable: true },
  );

/** For records behind others that may be tried again: so can these be. */
export const notWrittenBehind = ({ code, message, kafka, retryAfter }: ProducerError): ProducerError =>
  new ProducerError(
    code,
    `not written, as earlier records for its partition were not delivered: ${message}`,
    { kafka, retryAfter, retriable: true, stage },
  );

/** The batch was refused for its producer id alone: it can be sent under a new one. */
export const retriableUnderNewId = ({ code, message, kafka }: ProducerError): ProducerError =>
  new ProducerError(code, message, { kafka, stage, retriable: true });

/** Adds the broker's own words about one record, `reason`, to the error of its batch. */
export function recordRefused(error: ProducerError, reason: string): ProducerError {
  const { code, message, kafka, retriable, retryAfter } = error;
  return new ProducerError(code, `${message}: ${reason}`, { kafka, retriable, retryAfter, stage });
}

export const changedWhileEncoded = (cause?: unknown): ProducerError =>
  new ProducerError('INVALID_RECORD', 'the record changed while it was encoded: give it plain headers', {
    stage,
    field: 'headers',
    cause,
  });

// Codecs.

export const codecFailed = (what: string, cause?: unknown): ProducerError =>
  new ProducerError(
    'SERIALIZER_FAILED',
    `the codec that compresses records ${what}: check the codec that is registered with kafkajs, or leave 'compression' out`,
    { stage, cause },
  );

/** Retriable, as a codec that works in threads may just find all of them busy. */
export const codecTimedOut = (ms: number): ProducerError =>
  new ProducerError(
    'SERIALIZER_FAILED',
    `the codec that compresses records gave no answer within ${Math.round(ms)} ms: nothing was sent`,
    { stage, retriable: true },
  );

/** kafkajs brings gzip alone. */
export const codecMissing = (topic: string, partition: number, cause: Error): ProducerError =>
  new ProducerError(
    'UNCLASSIFIED',
    `topic '${topic}', partition ${partition}: its records are compressed with a codec that kafkajs does not bring (${cause.message}); register one with CompressionCodecs[CompressionTypes.…]`,
    { cause, stage },
  );
