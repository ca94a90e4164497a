/**
 * Every error that this package makes. What librdkafka's codes mean is a table in
 * `client/native-errors.ts`.
 */
import { ConfigurationError, ProducerError, type Failed, type Unknown } from '@holdfast/core';
import { brokerOutcome } from '@holdfast/core/adapter';
import { cutName, kindOf } from '@holdfast/core/internal';
import { failed, unknown, type KafkaError, type KnownErrorCode } from '@holdfast/core/stage';
import { isBrokerCode, meaningOf, nativeCodes, placeOf, type Place } from './client/native-errors.js';
import { noLeader, type PartitionState } from './cluster/partition-state.js';

/** The adapter's name in errors, events, log lines and `stats()`. */
export const stage = 'confluent';

// The adapter's life.

const makeAnother = 'make another with confluentAdapter(…)';

export const notConnected = (isClosed: boolean): ProducerError =>
  new ProducerError('CLOSED', `the adapter is ${isClosed ? 'disconnected' : 'not connected yet'}`, { stage });

export const cannotConnectAgain = (): ProducerError =>
  new ProducerError('CLOSED', `this adapter was disconnected; ${makeAnother}`, { stage });

export const servesAnotherProducer = (): ProducerError =>
  new ConfigurationError(
    'INVALID_CHAIN',
    `this adapter serves a producer already, and can serve one only; ${makeAnother}`,
    { stage },
  );

export const disconnected = (): ProducerError =>
  new ProducerError('CLOSED', 'the adapter is disconnected', { stage });

export const closeTimedOut = (): ProducerError =>
  new ProducerError('CLOSE_TIMEOUT', 'the adapter was disconnected before the record was confirmed', {
    stage,
  });

// The client.

export const clientNotLoaded = (problem: string, cause: unknown): ProducerError =>
  new ConfigurationError('INVALID_OPTIONS', problem, { cause, problems: [problem], stage });

/** `caller`: the function of this package that throws it. */
export const settingsRefused = (reason: string, caller?: string): ProducerError =>
  new ConfigurationError(
    'INVALID_OPTIONS',
    `${caller === undefined ? '' : `${caller}: `}librdkafka refused the settings: ${reason}`,
    { problems: [reason], stage },
  );

export const noNativeHandle = (): ProducerError =>
  new ProducerError('CLIENT_FATAL', 'librdkafka made no client, and gave no reason', { stage });

export const clientDied = (reason: string): ProducerError =>
  new ProducerError('CLIENT_FATAL', `the client died and is replaced: ${reason}`, { retriable: true, stage });

/** A query of the reader's client failed. `code`: the client's number, or -1. */
export class QueryFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

// The cluster.

const symptoms: Partial<Record<ProducerError['code'], string>> = {
  AUTHENTICATION_FAILED: 'the broker refused the login',
  TLS_FAILED: 'no TLS with the broker',
};

/** Why no broker can be used, and what to do. `detail`: what librdkafka logged; '' for nothing. */
export const noUsableBroker = (
  { code, remedy, kafka }: { code: KnownErrorCode; remedy: string; kafka?: KafkaError | undefined },
  detail: string,
  retriable: boolean,
): ProducerError =>
  new ProducerError(
    code,
    `${symptoms[code] ?? 'no broker can be used'}${detail && ` (${detail})`}: ${remedy}`,
    { kafka, retriable, stage },
  );

/** The same failure, for the records that it meets. */
export const stillUnavailable = (
  { code, message, cause, kafka, retriable }: ProducerError,
  retryAfter: number,
): ProducerError => new ProducerError(code, message, { cause, kafka, retriable, retryAfter, stage });

export const gaveUpReconnecting = (rounds: number, last: ProducerError | undefined): ProducerError =>
  new ProducerError(
    'CLIENT_FATAL',
    `no broker could be reached in ${rounds} rounds (reconnect.tries); the last one failed because: ${last?.message ?? ''}`,
    { cause: last, stage },
  );

/** A query about a topic failed. `query`: librdkafka's answer. */
export const noMetadata = (
  topic: string,
  query: { readonly code: number | undefined; readonly message: string },
): ProducerError =>
  new ProducerError(
    query.code === nativeCodes.timedOut ? 'REQUEST_TIMED_OUT' : 'BROKER_UNREACHABLE',
    `topic '${topic}': not sent, as no broker returned its partitions (${query.message})`,
    { retriable: true, stage },
  );

// Records.

/** `requirement`: 'must be …'. The message names the kind of `value`, never its content. */
export function invalidRecord(field: string, requirement: string, value: unknown): ProducerError {
  const shown = typeof value === 'number' ? String(value) : kindOf(value);
  return new ProducerError('INVALID_RECORD', `${field}: ${requirement}, not ${shown}`, { field, stage });
}

export const unreadableHeaders = (cause: unknown): ProducerError =>
  new ProducerError('INVALID_RECORD', "headers: reading them threw; 'cause' has the error", {
    cause,
    field: 'headers',
    stage,
  });

/** librdkafka ends a header's name at the first character 0. */
export function headerNameWithZero(name: string): ProducerError {
  const field = `headers.${cutName(name)}`;
  const shown = field.replaceAll('\0', '\\0');
  const message = `${shown}: librdkafka takes no name with a character 0; give it another name`;
  return new ProducerError('INVALID_RECORD', message, { field, stage });
}

// The partition of a record.

export const partitionerThrew = (topic: string, cause: unknown): ProducerError =>
  new ProducerError('UNKNOWN_PARTITION', `topic '${topic}': the partitioner threw`, { cause, stage });

/** `origin`: who named the partition. */
export const noSuchPartition = (
  topic: string,
  partition: number,
  count: number,
  origin: string,
): ProducerError =>
  new ProducerError(
    'UNKNOWN_PARTITION',
    `topic '${topic}' has no partition ${partition} (${origin}): it has ${count}, from 0`,
    { field: 'partition', stage },
  );

export const leaderUnavailable = ({ topic, index }: PartitionState): ProducerError =>
  new ProducerError(
    'LEADER_UNAVAILABLE',
    `${placeOf({ topic, partition: index })} has no leader at the moment; try again once one is elected`,
    { retriable: true, stage },
  );

// Outcomes of records.

/**
 * The outcome for a code of the client, its own or the broker's. Only the number counts: the flags
 * that say whether an error may be retried never arrive in Node.js.
 */
export function nativeOutcome(code: number, place: Place, cause: unknown): Failed | Unknown {
  if (isBrokerCode(code)) return brokerOutcome(code, { ...place, stage, cause });
  const { code: ours, status, retriable, text } = meaningOf(code);
  const error = new ProducerError(ours, `${placeOf(place)}: ${text} (librdkafka ${code})`, {
    cause,
    retriable,
    stage,
  });
  return status === 'failed' ? failed(error) : unknown(error);
}

/**
 * The same where the record is certainly not written: `produce` threw, or the broker rejected its
 * request.
 */
export const notWritten = (code: number, place: Place, cause: unknown): Failed =>
  failed(nativeOutcome(code, place, cause).error);

/**
 * librdkafka retries without saying why: the state of the partition, or of the connection, tells.
 */
function delayOf(
  partition: PartitionState,
  outage: ProducerError | undefined,
): { readonly code: ProducerError['code']; readonly text: string } {
  if (outage !== undefined) return { code: outage.code, text: outage.message };
  if (partition.leader === noLeader) {
    return { code: 'LEADER_UNAVAILABLE', text: 'the partition has no leader at the moment' };
  }
  if (partition.inSync < partition.replicas) {
    const { inSync, replicas } = partition;
    return {
      code: 'NOT_ENOUGH_REPLICAS',
      text: `${inSync} of ${replicas} replicas are in sync, perhaps fewer than the topic's min.insync.replicas`,
    };
  }
  return { code: 'REQUEST_TIMED_OUT', text: 'its leader does not answer' };
}

/**
 * No delivery report came in time. Without a partition the record never got as far as the client.
 */
export function reportTimedOut(
  topic: string,
  partition: PartitionState | undefined,
  wasSent: boolean,
  outage: ProducerError | undefined,
  afterMs: number,
): ProducerError {
  const { code, text } =
    partition === undefined
      ? { code: outage?.code ?? 'REQUEST_TIMED_OUT', text: outage?.message ?? 'its metadata did not come' }
      : delayOf(partition, outage);
  const place = placeOf({ topic, partition: partition?.index });
  const state = wasSent ? 'the client still has it and may write it' : 'it was not sent';
  return new ProducerError(
    code,
    `${place}: not confirmed within ${Math.round(afterMs)} ms (${text}); ${state}`,
    { retriable: true, stage },
  );
}

/** The client still has expired records of the partition: this one would wait behind them. */
export function behindExpired(partition: PartitionState, outage: ProducerError | undefined): ProducerError {
  const { code, text } = delayOf(partition, outage);
  const place = placeOf({ topic: partition.topic, partition: partition.index });
  return new ProducerError(code, `${place}: not sent, as earlier records are not confirmed (${text})`, {
    retriable: true,
    stage,
  });
}

export const behindFailure = ({ code, message }: ProducerError): ProducerError =>
  new ProducerError(code, `not sent, as an earlier record of its lane failed: ${message}`, {
    retriable: true,
    stage,
  });

/**
 * Makes a rejection final although another record may have caused it: retried, the record might be
 * written after later ones of its lane.
 */
export const overtaken = ({ error: { code, message, kafka, cause } }: Failed): Failed =>
  failed(
    new ProducerError(
      code,
      `${message}; the fault may be that of another record in its request, but later records of its lane may be written`,
      { kafka, cause, stage },
    ),
  );
