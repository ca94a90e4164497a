/** The shared cases on real Kafka. Both adapters have this file; it differs in the import of `makeAdapter` alone. */
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { adapterCases, misplacedKeys, runAdapterCase } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAdapter } from './make-adapter.js';
import { readVectors } from './vectors.js';

const plain = adapterCases.filter(({ cluster }) => cluster === 'plain');

describe.each([
  ['one broker', { brokers: 1 }, plain.filter(({ brokers = 1 }) => brokers === 1)],
  ['three brokers', { brokers: 3 }, plain.filter(({ brokers = 1 }) => brokers === 3)],
  [
    'TLS, SASL and ACLs',
    { brokers: 1, secure: true },
    adapterCases.filter(({ cluster }) => cluster === 'secure'),
  ],
] as const)('%s', (title, options, cases) => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ ...options, require: 'real' });
  });
  afterAll(() => cluster.down());

  it.each(cases)('$name', async (one) => {
    await runAdapterCase(one, cluster, makeAdapter);
  });

  it.runIf(title === 'one broker')('every key lies in the partition where Java puts it', async () => {
    const vectors = readVectors();
    expect(vectors).toHaveLength(483);
    expect(await misplacedKeys(vectors, cluster, makeAdapter)).toEqual([]);
  });
});
