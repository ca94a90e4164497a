/** The shared cases of adapters and readers on real Kafka. */
import { startKafka } from '@holdfast/kafka';
import { adapterCases } from '@holdfast/testing';
import { adapterOnKafka } from '@holdfast/testing/vitest';
import { makeAdapter } from './make-adapter.js';
import { reader } from './make-reader.js';
import { readVectors } from './vectors.fixture.js';

adapterOnKafka({
  name: 'confluent',
  control: () => startKafka({ brokers: 3, require: 'real' }),
  cases: adapterCases.filter(({ cluster }) => cluster === 'plain'),
  vectors: readVectors(),
  makeAdapter,
  reader,
});

adapterOnKafka({
  name: 'confluent with TLS, SASL and ACLs',
  control: () => startKafka({ brokers: 1, secure: true, require: 'real' }),
  cases: adapterCases.filter(({ cluster }) => cluster === 'secure'),
  makeAdapter,
  reader,
});
