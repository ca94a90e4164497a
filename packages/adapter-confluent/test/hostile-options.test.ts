import { ProducerError } from '@holdfast/core';
import { hostileValues } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { confluentAdapter, readTopic } from '../src/index.js';

const brokers = { 'bootstrap.servers': '127.0.0.1:9' };
const properties = [
  ...['bootstrap.servers', 'metadata.broker.list', 'client.id', 'acks', 'sasl.mechanisms', 'sasl.password'],
  ...['security.protocol', 'kafkaJS', 'dr_cb', 'partitioner', 'socket.timeout.ms', 'unknown.property'],
  ...['enable.idempotence', 'enable.gapless.guarantee', 'retries', 'max.in.flight', 'queuing.strategy'],
];
const options = ['idempotent', 'requestTimeoutMs', 'partitioner', 'metadataMaxAgeMs', 'reconnect'];

/** Calls it as JavaScript may. Returns the error; nothing when it was accepted. */
function refusal(...given: readonly unknown[]): ProducerError | undefined {
  try {
    Reflect.apply(confluentAdapter, undefined, given);
    return undefined;
  } catch (error) {
    if (!ProducerError.is(error)) throw error;
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(error.message.length).toBeLessThan(1_000);
    return error;
  }
}

describe('confluentAdapter', () => {
  it.each(hostileValues())('takes or refuses %s wherever it is given', (_, value) => {
    refusal(value);
    refusal(brokers, value);
    for (const name of properties) {
      refusal({ ...brokers, [name]: value });
      refusal({ ...brokers, [name]: value }, { idempotent: true });
    }
    for (const name of options) refusal(brokers, { [name]: value });
    for (const name of ['tries', 'intervalMs', 'maxIntervalMs']) {
      refusal(brokers, { reconnect: { [name]: value } });
    }
  });

  it.each([
    [
      { 'bootstrap.servers': ['127.0.0.1:9'] },
      /'bootstrap.servers' must be one or more 'host:port', separated by commas/,
    ],
    [{ ...brokers, 'socket.timeout.ms': NaN }, /'socket.timeout.ms' must be a string, a number/],
    [{ ...brokers, 'client.id': Symbol('x') }, /'client.id' must be a string, a number/],
    [{ ...brokers, 'client.id': 5n }, /'client.id' must be a string/],
    [
      { ...brokers, 'sasl.mechanisms': 'plain' },
      /'sasl.mechanisms' must be one of GSSAPI, PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, not 'plain'/,
    ],
    [{ ...brokers, 'sasl.mechanism': 'KERBEROS' }, /'sasl.mechanism' must be one of/],
  ])('refuses %o', (config, words) => {
    expect(refusal(config)?.message).toMatch(words);
  });

  it('reports all problems of the configuration and the options at once', () => {
    const { problems } =
      refusal(
        { 'client.id': 5n, 'sasl.mechanism': 'X' },
        { requestTimeoutMs: 5n, reconnect: { tries: NaN } },
      ) ?? {};
    expect(problems).toHaveLength(5);
  });

  it('never shows a secret, and at most 100 characters of a name', () => {
    const long = 'm'.repeat(5_000);
    const config = { ...brokers, 'sasl.mechanism': long, [long]: 5n, 'sasl.password': 'hunter2' };
    expect(refusal(config, { [long]: 1 })?.message).not.toMatch(/m{101}|hunter2/);
  });
});

it.each(hostileValues())('readTopic takes or refuses %s', (_, value) => {
  for (const given of [
    [value, 't'],
    [brokers, value],
    [brokers, 't', value],
    ...['from', 'timeoutMs', 'signal', 'env'].map((name) => [brokers, 't', { [name]: value }]),
  ]) {
    try {
      Reflect.apply(readTopic, undefined, given);
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
    }
  }
});
