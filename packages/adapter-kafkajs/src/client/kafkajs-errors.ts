import { ProducerError } from '@holdfast/core';
import { brokerError } from '@holdfast/core/adapter';
import { isError } from '@holdfast/core/stage';
import {
  brokerUnreachable,
  connectionLost,
  failedInClient,
  loginRefused,
  stage,
  tlsFailed,
  unsupportedVersion,
} from '../errors.js';

// https://nodejs.org/api/tls.html#x509-certificate-error-codes, and what OpenSSL and Node's TLS
// add.
const tlsCodes =
  /^(ERR_(TLS|SSL|OSSL)_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|ERROR_IN_|EPROTO)/;

/** SASL_AUTHENTICATION_FAILED, UNSUPPORTED_SASL_MECHANISM, ILLEGAL_SASL_STATE. */
const saslCodes: readonly (number | undefined)[] = [58, 33, 34];

/**
 * Returns why a broker could not be connected to.
 *
 * @param worked A broker has accepted this client before. A refused login or certificate is then
 *   the broker's trouble (one that has just started knows no users yet), and is retriable.
 * @param tls The client speaks TLS; `undefined` where the error is not about a certain broker.
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
    return loginRefused(address, cause, worked);
  }
  if (code !== undefined) return brokerError(code, { stage, cause });
  const systemCode = stringOf(cause, 'code');
  if (tlsCodes.test(systemCode)) return tlsFailed(address, systemCode, cause, worked);
  return brokerUnreachable(address, messageOf(cause), remedyOf(cause, address, tls), cause);
}

function remedyOf(cause: unknown, address: string, tls: boolean | undefined): string {
  // kafkajs reads the port with Number.
  if (address.endsWith(':NaN')) return "'brokers' names it without a port; give 'host:port'";
  if (tls === undefined || !wasHungUp(cause)) {
    return "check that the broker runs, that its address is right, and that 'ssl' is as its listener has it";
  }
  // A broker sends nothing to a client whose protocol its listener does not speak.
  return tls
    ? "the broker ended the connection before TLS was established: if its listener speaks no TLS, leave 'ssl' out; else it may just be stopping"
    : "the broker ended the connection without an answer: if its listener speaks TLS, set 'ssl'; else it may just be stopping";
}

const wasHungUp = (cause: unknown): boolean =>
  stringOf(cause, 'code') === 'ECONNRESET' || nameOf(cause) === 'KafkaJSConnectionClosedError';

/** Returns why a request failed on a connection that was established. */
export function requestError(thrown: unknown, address: string): ProducerError {
  if (ProducerError.is(thrown)) return thrown;
  const cause = unwrap(thrown);
  const code = protocolCodeOf(cause);
  if (code !== undefined) return brokerError(code, { stage, cause });
  const name = nameOf(cause);
  if (name === 'KafkaJSServerDoesNotSupportApiKey') return brokerError(unsupportedVersion, { stage, cause });
  if (name.startsWith('KafkaJSConnection')) return connectionLost(address, cause);
  return failedInClient(address, name, cause);
}

/**
 * Returns the protocol's number in an error of kafkajs, which turns those that it does not know (89
 * and above) into -99.
 */
function protocolCodeOf(error: unknown): number | undefined {
  if (nameOf(error) !== 'KafkaJSProtocolError') return undefined;
  const code: unknown = Reflect.get(Object(error), 'code');
  if (typeof code !== 'number') return undefined;
  if (code !== -99) return code;
  const named = /unknown error code (-?\d+)/i.exec(messageOf(error))?.[1];
  return named === undefined ? -1 : Number(named);
}

/** kafkajs wraps the error it gave up on in one with `retriable: false`, whatever the cause has. */
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
