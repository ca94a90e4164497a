import { describe, expect, it } from 'vitest';
import { connectError, requestError } from './kafkajs-errors.js';

/** Returns an error as kafkajs creates it: `name`, and any other fields. */
const kafkajsError = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });

const refused = kafkajsError('KafkaJSConnectionError', 'Connection error: connect ECONNREFUSED', {
  code: 'ECONNREFUSED',
});

const closed = kafkajsError('KafkaJSConnectionClosedError', 'Closed connection');

describe('why a broker could not be connected to', () => {
  it.each([
    ['refused', refused, 'BROKER_UNREACHABLE', true],
    ['timed out', kafkajsError('KafkaJSConnectionError', 'Connection timeout'), 'BROKER_UNREACHABLE', true],
    [
      'brokers function threw',
      kafkajsError('KafkaJSConnectionError', '"config.brokers" threw'),
      'BROKER_UNREACHABLE',
      true,
    ],
    ['unknown CA', tls('SELF_SIGNED_CERT_IN_CHAIN'), 'TLS_FAILED', false],
    ['unknown issuer', tls('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'TLS_FAILED', false],
    ['expired', tls('CERT_HAS_EXPIRED'), 'TLS_FAILED', false],
    ['another name', tls('ERR_TLS_CERT_ALTNAME_INVALID'), 'TLS_FAILED', false],
    ['no TLS there', tls('EPROTO'), 'TLS_FAILED', false],
    ['no TLS there, Node 20', tls('ERR_SSL_WRONG_VERSION_NUMBER'), 'TLS_FAILED', false],
    [
      'wrong password',
      kafkajsError('KafkaJSSASLAuthenticationError', 'SASL failed', { retriable: false }),
      'AUTHENTICATION_FAILED',
      false,
    ],
    ['wrong mechanism', protocol(33), 'AUTHENTICATION_FAILED', false],
    ['wrong password by code', protocol(58), 'AUTHENTICATION_FAILED', false],
    ['too old', protocol(35), 'KAFKA_ERROR', false],
  ])('%s', (_, cause, code, retriable) => {
    const error = connectError(cause, 'host:9092', false);
    expect(error).toMatchObject({ code, retriable, cause, stage: 'kafkajs' });
    expect(error.message).toMatch(/host:9092|the cluster/);
  });

  it.each([
    ['with TLS', refused, true, /that 'ssl' is as its listener has it/],
    ['somewhere', closed, undefined, /that 'ssl' is as its listener has it/],
    ['with TLS, and hung up', closed, true, /leave 'ssl' out/],
    ['without, and hung up', closed, false, /set 'ssl'/],
  ])('says what to check: %s', (_, cause, tls, remedy) => {
    expect(connectError(cause, 'host:9092', false, tls).message).toMatch(remedy);
  });

  it('a login or certificate that was accepted before is retriable', () => {
    expect(connectError(protocol(58), 'host:9092', true).retriable).toBe(true);
    expect(connectError(tls('CERT_HAS_EXPIRED'), 'host:9092', true).retriable).toBe(true);
  });

  it.each(['KafkaJSNumberOfRetriesExceeded', 'KafkaJSNonRetriableError'])('is found inside %s', (name) => {
    const wrapped = kafkajsError(name, 'gave up', { retriable: false, cause: refused });
    const twice = kafkajsError(name, 'gave up', { retriable: false, cause: wrapped });
    expect(connectError(twice, 'host:9092', false)).toMatchObject({
      code: 'BROKER_UNREACHABLE',
      retriable: true,
      cause: refused,
    });
  });
});

describe('why a request failed', () => {
  it.each([
    ['closed', kafkajsError('KafkaJSConnectionClosedError', 'Closed connection'), 'CONNECTION_LOST', true],
    [
      'reset',
      kafkajsError('KafkaJSConnectionError', 'Connection error: read ECONNRESET'),
      'CONNECTION_LOST',
      true,
    ],
    ['a fault in kafkajs', new TypeError('x is not a function'), 'UNCLASSIFIED', false],
    ['a protocol error', protocol(31), 'AUTHORIZATION_FAILED', false],
  ])('%s', (_, cause, code, retriable) => {
    expect(requestError(cause, 'host:9092')).toMatchObject({ code, retriable, cause });
  });

  it('the number of a code that kafkajs does not know is in its message', () => {
    const error = kafkajsError('KafkaJSProtocolError', 'Unknown error code 90', {
      code: -99,
      type: 'KAFKAJS_UNKNOWN_ERROR_CODE',
    });
    expect(requestError(error, 'host:9092').kafka).toEqual({ code: 90, name: 'PRODUCER_FENCED' });
  });

  it("quotes nothing of the client's message, which may contain what was sent", () => {
    const cause = new Error('could not encode {"value":"secret payload"}');
    expect(requestError(cause, 'host:9092').message).not.toContain('secret');
  });
});

function tls(code: string): Error {
  return kafkajsError('KafkaJSConnectionError', `Connection error: ${code}`, { code });
}

function protocol(code: number): Error {
  return kafkajsError('KafkaJSProtocolError', `code ${code}`, { code, retriable: false });
}
