import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import { readTopic } from '../src/read/read-topic.js';
import { ProducerError } from '@holdfast/core';
import { hostileValues } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';

const brokers = ['127.0.0.1:9092'];
const ofClient = [
  ...['brokers', 'ssl', 'sasl', 'clientId', 'connectionTimeout', 'authenticationTimeout'],
  ...['reauthenticationThreshold', 'requestTimeout', 'enforceRequestTimeout', 'retry', 'socketFactory'],
  ...['logLevel', 'logCreator'],
];
const ofAdapter = [
  ...['acks', 'compression', 'requestTimeoutMs', 'idempotent', 'allowAutoTopicCreation', 'partitioner'],
  ...['maxInFlight', 'maxRequestRecords', 'maxRequestBytes', 'metadataMaxAgeMs', 'reconnect'],
];

/** Calls it as JavaScript may. Returns the error, or `undefined` when the options were accepted. */
function refusal(...given: readonly unknown[]): ProducerError | undefined {
  try {
    Reflect.apply(kafkajsAdapter, undefined, given);
    return undefined;
  } catch (error) {
    if (!ProducerError.is(error)) throw error;
    expect(error.code).toBe('INVALID_OPTIONS');
    expect(error.message.length).toBeLessThan(1_000);
    return error;
  }
}

describe('kafkajsAdapter', () => {
  it.each(hostileValues())('accepts or refuses %s wherever it is given', (_, value) => {
    refusal(value);
    refusal({ brokers }, value);
    for (const name of ofClient) refusal({ brokers, [name]: value });
    for (const name of ['mechanism', 'username', 'authenticationProvider']) {
      refusal({ brokers, sasl: { mechanism: 'plain', username: 'u', password: 'p', [name]: value } });
    }
    for (const name of ['retries', 'initialRetryTime']) refusal({ brokers, retry: { [name]: value } });
    for (const name of ofAdapter) refusal({ brokers }, { [name]: value });
    for (const name of ['tries', 'intervalMs', 'maxIntervalMs']) {
      refusal({ brokers }, { reconnect: { [name]: value } });
    }
  });

  it.each([
    [{ requestTimeout: NaN }, /'requestTimeout' must be a number from 1 to 2147483647 ms, not NaN/],
    [{ connectionTimeout: -1 }, /'connectionTimeout' must be a number from 1/],
    [{ retry: { retries: NaN } }, /'retry' 'retries' must be a number from 0/],
    [{ clientId: 5 }, /'clientId' must be a string/],
    [{ ssl: 'yes' }, /'ssl' must be true, false or the options of tls.connect/],
    [{ sasl: 'plain' }, /'sasl' must be an object/],
    [
      { sasl: { mechanism: 'kerberos', username: 'u', password: 'p' } },
      /'sasl' has the unknown mechanism 'kerberos': kafkajs has 'plain', 'scram-sha-256', 'scram-sha-512', 'aws', 'oauthbearer'/,
    ],
    [{ sasl: { mechanism: 'plain', username: 'u' } }, /'sasl' of the mechanism 'plain' lacks password/],
  ])('refuses %j, which kafkajs takes', (more, words) => {
    expect(refusal({ brokers, ...more })?.message).toMatch(words);
  });

  it.each([
    { ssl: null, sasl: false },
    { sasl: { mechanism: 'PLAIN', username: '', password: '' } },
    { sasl: { mechanism: 'kerberos', authenticationProvider: () => ({ authenticate: () => undefined }) } },
    { sasl: { mechanism: 'oauthbearer', oauthBearerProvider: () => Promise.resolve({ value: 't' }) } },
    { retry: { retries: Infinity, restartOnFailure: () => Promise.resolve(true) }, logLevel: 0 },
  ])('takes %o', (more) => {
    expect(refusal({ brokers, ...more })).toBeUndefined();
  });

  it('reports everything at once: the configuration, the options and the codec', () => {
    const { problems } = refusal({ requestTimeout: NaN }, { compression: 'lz4', acks: 5n }) ?? {};
    expect(problems).toHaveLength(4);
  });

  it('never shows a secret, nor more than 100 characters of a name', () => {
    const long = 'm'.repeat(5_000);
    const error = refusal({ brokers: [long], sasl: { mechanism: long, password: 'hunter2' } }, { [long]: 1 });
    expect(error?.message).not.toMatch(/m{101}|hunter2/);
  });
});

it.each(hostileValues())('readTopic accepts or refuses %s', (_, value) => {
  for (const given of [
    [value, 't'],
    [{ brokers }, value],
    [{ brokers }, 't', value],
    ...['from', 'timeoutMs', 'signal', 'env'].map((name) => [{ brokers }, 't', { [name]: value }]),
  ]) {
    try {
      Reflect.apply(readTopic, undefined, given);
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
    }
  }
});
