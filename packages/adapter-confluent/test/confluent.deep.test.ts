/**
 * Every shared case without idempotence, and brokers that die under full load: `*.int.test.ts` have
 * both in short.
 */
import { startKafka } from '@holdfast/kafka';
import { adapterCases } from '@holdfast/testing';
import { adapterOnKafka, brokersDieOnKafka } from '@holdfast/testing/vitest';
import { makeAdapter, withoutIdempotence } from './make-adapter.js';

adapterOnKafka({
  name: 'confluent without idempotence',
  control: () => startKafka({ brokers: 3, require: 'real' }),
  cases: adapterCases.filter(({ cluster }) => cluster === 'plain'),
  makeAdapter: withoutIdempotence,
});

brokersDieOnKafka({
  name: 'confluent',
  control: () => startKafka({ brokers: 3, require: 'real' }),
  makeAdapter,
});
