/**
 * The case in which kafkajs's own idempotent producer acknowledged records that were not in the
 * topic: many sends at once while three brokers are killed and come back. `adapter.int.test.ts` has
 * a short form of it.
 */
import { startKafka } from '@holdfast/kafka';
import { brokersDieOnKafka } from '@holdfast/testing/vitest';
import { makeAdapter } from './make-adapter.js';

brokersDieOnKafka({
  name: 'kafkajs',
  control: () => startKafka({ brokers: 3, require: 'real' }),
  exactlyOnce: true,
  makeAdapter,
});
