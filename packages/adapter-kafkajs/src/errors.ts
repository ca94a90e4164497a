import { ProducerError } from '@holdfast/core';
import { brokerError } from '@holdfast/core/adapter';
import { isError } from '@holdfast/core/stage';

export const stage = 'kafkajs';

// https://nodejs.org/api/tls.html#x509-certificate-error-codes, and what OpenSSL and Node's TLS add
const tlsCodes =
  /^(ERR_(TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|ERROR_IN_|EPROTO)/;

/** `SASL_AUTHENTICATION_FAILED`, `UNSUPPORTED_SASL_MECHANISM`, `ILLEGAL_SASL_STATE`. */
const saslCodes: readonly (number | undefined)[] = [58, 33, 34];

const unsupportedVersion = 35;

/**
 * Why a broker could not be connected to. `worked`: the same client has been let in before, so that a refused login or
 * certificate is the broker's trouble (one that just starts knows no users yet) and is tried again. `tls`: the client speaks TLS;
 * `undefined` where it is not known which broker it is about.
 */
export function connectError(
  thrown: unknown,
  address: string,
  worked: boolean,
  tls?: boolean,
): ProducerError {
  if (ProducerError.is(thrown)) return thrown;
  const cause = unwrap(thrown);
  const code = protocolCodeOf(cause);
  if (nameOf(cause) === 'KafkaJSSASLAuthenticationError' || saslCodes.includes(code)) {
    return new ProducerError(
      'AUTHENTICATION_FAILED',
      `${address} refused the login: check sasl's mechanism, username and password`,
      { cause, stage, retriable: worked },
    );
  }
  if (code !== undefined) return brokerError(code, { stage, cause });
  if (tlsCodes.test(stringOf(cause, 'code'))) {
    return new ProducerError(
      'TLS_FAILED',
      `no TLS with ${address} (${stringOf(cause, 'code')}): check ssl.ca, the certificate's names, and that what answers there speaks TLS`,
      { cause, stage, retriable: worked },
    );
  }
  return new ProducerError(
    'BROKER_UNREACHABLE',
    `${address} cannot be reached (${messageOf(cause)}): ${remedyOf(cause, address, tls)}`,
    { cause, stage, retriable: true },
  );
}

function remedyOf(cause: unknown, address: string, tls: boolean | undefined): string {
  // kafkajs reads the port with Number.
  if (address.endsWith(':NaN')) return "'brokers' names it without a port; give 'host:port'";
  if (tls === undefined || !hungUp(cause)) {
    return "check that the broker runs, that its address is right, and that 'ssl' is as its listener has it";
  }
  // A broker says nothing to a client that does not speak as its listener does.
  return tls
    ? "the broker ended the connection before TLS was established: if its listener speaks no TLS, leave 'ssl' out; else it may just be stopping"
    : "the broker ended the connection without an answer: if its listener speaks TLS, set 'ssl'; else it may just be stopping";
}

const hungUp = (cause: unknown): boolean =>
  stringOf(cause, 'code') === 'ECONNRESET' || nameOf(cause) === 'KafkaJSConnectionClosedError';

/** The connection ended while a request was on its way. */
export function connectionLost(address: string, cause?: unknown): ProducerError {
  return new ProducerError('CONNECTION_LOST', `the connection to ${address} was lost before an answer came`, {
    cause,
    stage,
    retriable: true,
  });
}

/** What the broker would hang up on. `bytes` are those of the request, or of the one record. */
export function tooLarge(what: string, bytes: number, most: number): ProducerError {
  const message = `${what} has ${bytes} bytes, and a request may have ${most}: brokers hang up on more (socket.request.max.bytes); make the record smaller`;
  return new ProducerError('RECORD_TOO_LARGE', message, { stage });
}

export function requestTimedOut(address: string, timeoutMs: number): ProducerError {
  return new ProducerError(
    'REQUEST_TIMED_OUT',
    `${address} gave no answer within ${Math.round(timeoutMs)} ms`,
    { stage, retriable: true },
  );
}

/** CLUSTER_AUTHORIZATION_FAILED, and UNSUPPORTED_VERSION, which is also what an API comes to that the broker does not know. */
export const refusesIds = ({ kafka }: ProducerError): boolean =>
  kafka?.code === 31 || kafka?.code === unsupportedVersion;

/** Why a request on a connection that stood came to nothing. */
export function requestError(thrown: unknown, address: string): ProducerError {
  if (ProducerError.is(thrown)) return thrown;
  const cause = unwrap(thrown);
  const code = protocolCodeOf(cause);
  if (code !== undefined) return brokerError(code, { stage, cause });
  const name = nameOf(cause);
  if (name === 'KafkaJSServerDoesNotSupportApiKey') return brokerError(unsupportedVersion, { stage, cause });
  if (name.startsWith('KafkaJSConnection')) return connectionLost(address, cause);
  return new ProducerError('UNCLASSIFIED', `a request to ${address} failed within kafkajs (${name})`, {
    cause,
    stage,
  });
}

/** The protocol's number in an error of kafkajs, which turns those it does not know (89 and above) into -99. */
function protocolCodeOf(error: unknown): number | undefined {
  if (nameOf(error) !== 'KafkaJSProtocolError') return undefined;
  const code: unknown = Reflect.get(Object(error), 'code');
  if (typeof code !== 'number') return undefined;
  if (code !== -99) return code;
  const named = /unknown error code (-?\d+)/i.exec(messageOf(error))?.[1];
  return named === undefined ? -1 : Number(named);
}

/** kafkajs wraps what it gave up on in an error that says `retriable: false`, whatever the cause says. */
function unwrap(error: unknown): unknown {
  const wrapped = ['KafkaJSNumberOfRetriesExceeded', 'KafkaJSNonRetriableError'].includes(nameOf(error));
  return wrapped && isError(error) && error.cause !== undefined ? unwrap(error.cause) : error;
}

const nameOf = (error: unknown): string => (isError(error) ? error.name : typeof error);
const messageOf = (error: unknown): string => (isError(error) ? error.message : nameOf(error));

function stringOf(error: unknown, field: string): string {
  const value: unknown = Reflect.get(Object(error), field);
  return typeof value === 'string' ? value : '';
}

/** The installed kafkajs is built otherwise than this package knows it. */
export const unsupportedKafkajs = (): ProducerError =>
  new ProducerError(
    'INVALID_OPTIONS',
    'kafkajsAdapter: this is no Kafka instance of kafkajs 2.2 (a later version may be built otherwise); install kafkajs 2.2.4',
    { stage, field: 'kafka' },
  );
