/** The shared cases of readers on real Kafka. Both adapters have this file; it differs in the import of `reader` alone. */
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { readerCases, runReaderCase } from '@holdfast/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { reader } from './make-reader.js';

describe.each([
  ['one broker', { brokers: 1 }, 'plain'],
  ['TLS, SASL and ACLs', { brokers: 1, secure: true }, 'secure'],
] as const)('%s', (_, options, kind) => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ ...options, require: 'real' });
  });
  afterAll(() => cluster?.down());

  it.each(readerCases.filter((one) => one.cluster === kind))('$name', async (one) => {
    await runReaderCase(one, cluster, reader);
  });
});
