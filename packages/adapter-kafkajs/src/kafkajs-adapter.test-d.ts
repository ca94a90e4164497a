import { kafkajsAdapter } from './kafkajs-adapter.js';
import type { KafkajsAdapterOptions } from './options.js';
import type { Adapter, Partitioner } from '@holdfast/core';
import { Kafka, type KafkaConfig } from 'kafkajs';
import { expectTypeOf } from 'vitest';

const kafka = new Kafka({ brokers: [] });

expectTypeOf(kafkajsAdapter).parameter(0).toEqualTypeOf<Kafka | KafkaConfig>();
expectTypeOf(kafkajsAdapter(kafka)).toEqualTypeOf<Adapter>();
expectTypeOf(
  kafkajsAdapter({ brokers: ['localhost:9092'], ssl: true }, { acks: 1 }),
).toEqualTypeOf<Adapter>();
expectTypeOf<KafkajsAdapterOptions['partitioner']>().toEqualTypeOf<Partitioner | undefined>();

// @ts-expect-error: a Producer hides what the adapter needs
kafkajsAdapter(kafka.producer());
// @ts-expect-error: the chain retries
kafkajsAdapter(kafka, { retry: { retries: 5 } });
// @ts-expect-error: a chain that tries again has no transactions
kafkajsAdapter(kafka, { transactionalId: 'x' });
// @ts-expect-error: all, the leader, or nobody
kafkajsAdapter(kafka, { acks: 2 });
