/**
 * On a real broker that is killed or paused: the queries for Java's metrics agree with what is read
 * back from the topic.
 */
import { confluentAdapter } from '@holdfast/adapter-confluent';
import { kafkajsAdapter } from '@holdfast/adapter-kafkajs';
import { buffer } from '@holdfast/buffer';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import { createProducer, silentLogger, type Adapter, type ProducerRecord } from '@holdfast/core';
import type { Attempt } from '@holdfast/core/stage';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { retry } from '@holdfast/retry';
import { readTopic } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { metrics } from '../src/metrics.js';
import { Sdk } from '../src/sdk.fixture.js';

const adapters: { readonly [client: string]: (brokers: readonly string[]) => Adapter } = {
  kafkajs: (brokers) => kafkajsAdapter({ brokers: [...brokers] }, { requestTimeoutMs: 2_000 }),
  confluent: (brokers) => confluentAdapter({ 'bootstrap.servers': brokers.join(',') }),
};

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ brokers: 1, require: 'real' });
});
afterAll(() => cluster?.down());

const half = 300;
const part = (topic: string, from: number): ProducerRecord[] =>
  Array.from({ length: half }, (_, i) => ({ topic, key: `k${i % 7}`, value: `v${from + i}` }));

/**
 * Returns the expected `request-latency-avg` from the event: one value per partition that a
 * response delivered to.
 */
class Latency {
  private count = 0;
  private totalMs = 0;

  heard({ settled, durationMs }: Attempt): void {
    const delivered = settled.flatMap(({ outcome }) =>
      outcome?.status === 'delivered' ? [outcome.partition] : [],
    );
    this.count += new Set(delivered).size;
    this.totalMs += new Set(delivered).size * durationMs;
  }

  get seconds(): number {
    return this.totalMs / this.count / 1_000;
  }
}

describe.each(Object.keys(adapters))('over %s', (client) => {
  it.each(['kill', 'pause'] as const)(
    'the four figures of a producer agree with the topic: %s',
    async (trouble) => {
      const topic = `${client}-${trouble}`;
      await cluster.createTopic(topic, { partitions: 3 });
      const sdk = new Sdk();
      const latency = new Latency();
      const adapter = adapters[client]?.(cluster.brokers);
      if (adapter === undefined) throw new RangeError(client);
      await using producer = await createProducer({
        adapter,
        use: [metrics({ clientId: topic }), buffer(), retry(), circuitBreaker()],
        on: { attempt: (attempt) => latency.heard(attempt) },
        env: { logger: silentLogger },
      });
      const sent = (): number => sdk.sum('messaging.client.sent.messages');
      const sentInVain = (): number =>
        sdk
          .series('messaging.client.sent.messages')
          .filter(({ attributes }) => 'error.type' in attributes)
          .reduce((sum, { value }) => sum + value, 0);
      const ended = (outcome: string): number =>
        sdk.sum('holdfast.producer.records', { 'holdfast.outcome': outcome });

      await producer.sendBatch(part(topic, 0));
      await sdk.collect();
      expect(sent()).toBe((await readTopic(cluster.brokers, topic)).length);
      expect(sent()).toBe(half);

      const wrong = producer.send({ topic, partition: 9, value: 'wrong' });
      await expect(wrong).rejects.toMatchObject({ code: 'UNKNOWN_PARTITION' });

      if (trouble === 'kill') await cluster.kill(1);
      else await cluster.pause(1);
      const late = producer.sendBatch(part(topic, half));
      await vi.waitFor(
        async () => {
          await sdk.collect();
          const ages = sdk.series('holdfast.stage.oldest.age').map(({ value }) => value);
          expect(Math.max(...ages)).toBeGreaterThan(3);
        },
        { timeout: 30_000, interval: 200 },
      );
      // In the outage: the sent records stay, no more are delivered, the rest is held, one record
      // failed.
      expect(sent() - sentInVain()).toBe(half);
      expect(sdk.sum('holdfast.stage.records')).toBe(half);
      expect([ended('delivered'), ended('failed')]).toEqual([half, 1]);

      if (trouble === 'kill') await cluster.start(1);
      else await cluster.resume(1);
      await late;
      await sdk.collect();
      const stored = await readTopic(cluster.brokers, topic);
      const values = new Set(stored.map(({ value }) => String(value)));
      expect(values.size).toBe(2 * half);
      // record-send-rate: records sent without an error, and those that a lost response may have
      // written.
      expect(sent() - sentInVain()).toBe(values.size);
      expect(stored.length).toBeGreaterThanOrEqual(sent() - sentInVain());
      expect(stored.length).toBeLessThanOrEqual(sent());
      // record-error-rate
      expect([ended('delivered'), ended('failed'), ended('unknown')]).toEqual([values.size, 1, 0]);
      // record-retry-rate: every attempt after the first of a record.
      expect(sdk.sum('holdfast.attempts.retried')).toBe(sdk.sum('holdfast.attempts') - values.size - 1);
      // request-latency-avg
      const requests = sdk
        .series('messaging.client.operation.duration')
        .filter(({ attributes }) => !('error.type' in attributes));
      const total = requests.reduce((sum, { value }) => sum + value, 0);
      expect(total / requests.reduce((sum, { count }) => sum + count, 0)).toBeCloseTo(latency.seconds, 6);
      expect(sdk.sum('holdfast.stage.records')).toBe(0);
    },
  );
});
