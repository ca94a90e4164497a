/**
 * On one real broker: batches that it refuses for one record, and a process that stands still while
 * it responds.
 */
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import {
  createProducer,
  silentLogger,
  type Outcome,
  type Producer,
  type ProducerRecord,
} from '@holdfast/core';
import { adapterCases, kafkaControl, readTopic, whyLeftOut } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeAdapter } from './make-adapter.js';

const microseconds = Date.UTC(2026, 0, 1) * 1_000;

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ brokers: 1, require: 'real' });
});
afterAll(() => cluster?.down());

describe.each([true, false])('on a real broker (idempotent: %s)', (idempotent) => {
  const start = async (requestTimeoutMs = 30_000): Promise<Producer> => {
    const producer = await createProducer({
      adapter: makeAdapter({ brokers: cluster.brokers, requestTimeoutMs, idempotent }),
      env: { logger: silentLogger },
    });
    onTestFinished(() => void producer.close());
    return producer;
  };
  const valuesOf = async (topic: string): Promise<string[]> =>
    (await readTopic(cluster.brokers, topic)).map(({ value }) => String(value));
  const batch = (topic: string): ProducerRecord[] =>
    Array.from({ length: 50 }, (_, index) => ({ topic, key: `k${index}`, value: `v${index}` }));
  const good = Array.from({ length: 50 }, (_, index) => `v${index}`).filter((value) => value !== 'v25');

  async function sendWithOneBad(topic: string, bad: Partial<ProducerRecord>): Promise<Outcome[]> {
    const producer = await start();
    await producer.send({ topic, key: 'first', value: 'first' });
    return producer.sendBatch(batch(topic).map((one, index) => (index === 25 ? { ...one, ...bad } : one)));
  }

  it('a timestamp in microseconds fails alone', async () => {
    const topic = `timestamp-${idempotent}`;
    await cluster.createTopic(topic, { partitions: 1 });
    const outcomes = await sendWithOneBad(topic, { timestamp: microseconds });
    expect(outcomes[25]).toMatchObject({
      status: 'failed',
      error: { kafka: { code: 32 }, retriable: false },
    });
    expect(await valuesOf(topic)).toEqual(['first', ...good]);
  });

  it('a record without a key in a compacted topic fails alone', async () => {
    const topic = `compacted-${idempotent}`;
    await cluster.createTopic(topic, { partitions: 1, config: { 'cleanup.policy': 'compact' } });
    const outcomes = await sendWithOneBad(topic, { key: null });
    expect(outcomes[25]).toMatchObject({
      status: 'failed',
      error: { kafka: { code: 87 }, retriable: false },
    });
    expect(await valuesOf(topic)).toEqual(['first', ...good]);
  });

  it('records answered while the process stood still are written once, and delivered', async () => {
    const topic = `blocked-${idempotent}`;
    await cluster.createTopic(topic, { partitions: 1 });
    const producer = await start(500);
    await producer.send({ topic, value: 'first' });
    const sent = producer.sendBatch(batch(topic));
    await new Promise((resolve) => setImmediate(resolve)); // The request is written.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    expect((await sent).filter(({ status }) => status !== 'delivered')).toEqual([]);
    expect(await valuesOf(topic)).toHaveLength(51);
  });
});

it('kafkaControl without functions that break brokers skips the cases that need them, and reports it', async () => {
  const control = await kafkaControl({ brokers: cluster.brokers });
  const reasons = adapterCases.flatMap((one) => whyLeftOut(one, control) ?? []);
  expect(reasons).toHaveLength(9);
  await expect(control.kill(1)).rejects.toThrow("kafkaControl was given no 'kill', which this case needs");
});
