import { RdKafka } from '@confluentinc/kafka-javascript';
import type { Adapter } from '@holdfast/core';
import { expectTypeOf } from 'vitest';
import { confluentAdapter, type ConfluentAdapterOptions, type ConfluentConfig } from './index.js';

expectTypeOf(confluentAdapter).returns.toEqualTypeOf<Adapter>();
expectTypeOf(
  confluentAdapter({ 'bootstrap.servers': 'localhost:9092', acks: 'all', 'linger.ms': 5 }),
).toEqualTypeOf<Adapter>();
expectTypeOf(
  confluentAdapter(new RdKafka.Producer({ dr_cb: true }, {}), { requestTimeoutMs: 1 }),
).toEqualTypeOf<Adapter>();
expectTypeOf<ConfluentConfig>().toHaveProperty('ssl.ca.location');
expectTypeOf<ConfluentAdapterOptions['partitioner']>().toBeNullable();

// @ts-expect-error: no such property of librdkafka
confluentAdapter({ 'bootstrap.server': 'localhost:9092' });
// @ts-expect-error: no such option
confluentAdapter({ 'bootstrap.servers': 'localhost:9092' }, { timeout: 1 });
