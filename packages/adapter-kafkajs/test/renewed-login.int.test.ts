/** A broker that requires a new login every few seconds, while several requests are in flight. */
import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import type { KafkajsAdapterOptions } from '../src/options.js';
import { createProducer, silentLogger, type Producer } from '@holdfast/core';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';

const partitions = 12;
const logins = 3;

let cluster: KafkaCluster;
beforeAll(async () => {
  const properties = { 'connections.max.reauth.ms': '5000' };
  cluster = await startKafka({ brokers: 1, secure: true, require: 'real', properties });
});
afterAll(() => cluster?.down());

/** A client whose logins are counted, and renewed 3.5 s before they expire. */
async function start(options: KafkajsAdapterOptions): Promise<{ producer: Producer; logins: () => number }> {
  const { security } = cluster;
  if (security === undefined) throw new Error('this cluster is not secure');
  let count = 0;
  const client = new Kafka({
    brokers: [...cluster.brokers],
    logLevel: logLevel.DEBUG,
    logCreator:
      () =>
      ({ log }) => {
        if (/SASL .* authentication successful/.test(log.message)) count++;
      },
    ssl: { ca: security.ca },
    sasl: { mechanism: 'scram-sha-256', ...security.users.allowed },
    reauthenticationThreshold: 3_500,
  });
  const producer = await createProducer({
    adapter: kafkajsAdapter(client, { maxRequestRecords: 5, ...options }),
    env: { logger: silentLogger },
  });
  return { producer, logins: () => count };
}

it.each(['none', 'gzip'] as const)(
  'costs no record, and no connection (compression: %s)',
  async (compression) => {
    const topic = `open-${compression}`;
    await cluster.createTopic(topic, { partitions });
    const { producer, logins: count } = await start({ compression });
    await using _ = producer;
    const batch = Array.from({ length: 60 }, (_, index) => ({
      topic,
      partition: index % partitions,
      value: Buffer.alloc(5_000, index),
    }));
    // The topic is new, so its leader may not know yet that it leads.
    while ((await producer.sendBatch(batch)).some(({ status }) => status !== 'delivered'));
    const before = count();
    let rounds = 0;
    for (; count() < before + logins; rounds++) {
      const outcomes = (await Promise.all([producer.sendBatch(batch), producer.sendBatch(batch)])).flat();
      expect(outcomes.filter(({ status }) => status !== 'delivered')).toEqual([]);
    }
    expect(rounds).toBeGreaterThan(logins);
    expect(producer.stats().stages.kafkajs).toMatchObject({ reconnects: 0 });
  },
);
