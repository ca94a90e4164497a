/** The shared cases of adapters and readers on real Kafka. Both adapters have this file, to the letter. */
import { readFile } from 'node:fs/promises';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { adapterCases, misplacedKeys, readerCases, runReaderCase, type KeyVector } from '@holdfast/testing';
import { adapterOnKafka } from '@holdfast/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAdapter } from './make-adapter.js';
import { reader } from './make-reader.js';

const plain = adapterCases.filter(({ cluster }) => cluster === 'plain');

describe.each([
  ['one broker', { brokers: 1 }, plain.filter(({ brokers = 1 }) => brokers === 1)],
  ['three brokers', { brokers: 3 }, plain.filter(({ brokers = 1 }) => brokers === 3)],
  [
    'TLS, SASL and ACLs',
    { brokers: 1, secure: true },
    adapterCases.filter(({ cluster }) => cluster === 'secure'),
  ],
] as const)('%s', (_, options, cases) => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ ...options, require: 'real' });
  });
  afterAll(() => cluster?.down());

  adapterOnKafka({ name: 'the adapter', control: () => cluster, makeAdapter, cases });

  const kind = 'secure' in options ? 'secure' : 'plain';
  const readers = options.brokers === 1 ? readerCases.filter((one) => one.cluster === kind) : [];

  it.each(readers)('readTopic: $name', async (one) => {
    await runReaderCase(one, cluster, reader);
  });

  if (options.brokers === 1 && !('secure' in options)) {
    it('every key lies in the partition where Java puts it', async () => {
      expect(await misplacedKeys(await readVectors(), cluster, makeAdapter)).toEqual([]);
    });
  }
});

async function readVectors(): Promise<KeyVector[]> {
  const text = await readFile(new URL('../../core/vectors/murmur2.json', import.meta.url), 'utf8');
  const vectors: unknown = JSON.parse(text);
  if (!Array.isArray(vectors) || !vectors.every(isVector))
    throw new Error('murmur2.json holds something else');
  expect(vectors).toHaveLength(483);
  return vectors;
}

const isVector = (one: unknown): one is KeyVector =>
  typeof one === 'object' && one !== null && 'key' in one && 'of7' in one && typeof one.of7 === 'number';
