import { buffer } from '@holdfast/buffer';
import { circuitBreaker } from '@holdfast/circuit-breaker';
import { createProducer, type Middleware, type Producer } from '@holdfast/core';
import { retry } from '@holdfast/retry';
import { fakeClock, memoryKafka, type FakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { metrics } from './metrics.js';
import { Sdk } from './sdk.fixture.js';

const chain = (): Middleware[] => [
  metrics({ clientId: 'shop' }),
  buffer(),
  retry({ budget: false }),
  circuitBreaker({ consecutiveFailures: 3, openDurationMs: 5_000 }),
];

interface World {
  readonly clock: FakeClock;
  readonly kafka: ReturnType<typeof memoryKafka>;
  readonly producer: Producer;
  readonly sdk: Sdk;
}

async function world(use: Middleware[] | undefined = undefined): Promise<World> {
  const sdk = new Sdk();
  const clock = fakeClock();
  const kafka = memoryKafka({ topics: { orders: 3, audit: 1 }, latencyMs: 20 });
  const producer = await createProducer({ adapter: kafka.adapter(), use: use ?? chain(), env: { clock } });
  return { clock, kafka, producer, sdk };
}

const records = (topic: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ topic, key: `k${i % 7}`, value: `${topic}-${i}` }));

describe('metrics through an outage', () => {
  it('agree at each step with the content of the topics', async () => {
    const { clock, kafka, producer, sdk } = await world();
    const first = producer.sendBatch(records('orders', 60));
    await clock.until(first);
    await sdk.collect();
    expect(sdk.sum('holdfast.producer.records', { 'holdfast.outcome': 'delivered' })).toBe(60);
    expect(sdk.sum('messaging.client.sent.messages')).toBe(kafka.messages('orders').length);
    expect(sdk.sum('holdfast.stage.records')).toBe(0);
    expect(sdk.sum('holdfast.circuit.count', { 'holdfast.circuit.state': 'closed' })).toBe(1);

    kafka.down();
    const second = producer.sendBatch([...records('orders', 40), ...records('audit', 10)]);
    await clock.advance(10_000);
    await sdk.collect();
    expect(sdk.sum('holdfast.producer.sent.records')).toBe(110);
    expect(sdk.sum('holdfast.producer.records')).toBe(60);
    expect(sdk.sum('holdfast.stage.records')).toBe(50);
    expect(sdk.sum('holdfast.stage.records', { 'holdfast.stage': 'retry' })).toBe(50);
    expect(sdk.sum('holdfast.stage.oldest.age', { 'holdfast.stage': 'retry' })).toBe(10);
    expect(sdk.sum('holdfast.circuit.count', { 'holdfast.circuit.state': 'closed' })).toBe(0);
    expect(sdk.sum('holdfast.circuit.transitions', { 'holdfast.circuit.state': 'open' })).toBeGreaterThan(0);
    // None of them was sent: no broker could be reached.
    expect(sdk.sum('messaging.client.sent.messages')).toBe(60);
    const refused = { 'error.type': 'BROKER_UNREACHABLE' };
    expect(sdk.count('messaging.client.operation.duration', refused)).toBeGreaterThan(0);
    expect(sdk.sum('holdfast.attempts', refused)).toBeGreaterThanOrEqual(50);
    expect(sdk.sum('holdfast.retry.records', refused)).toBeGreaterThan(0);

    kafka.up();
    await clock.until(second);
    await sdk.collect();
    expect(sdk.sum('holdfast.producer.records', { 'holdfast.outcome': 'delivered' })).toBe(110);
    expect(sdk.sum('holdfast.stage.records')).toBe(0);
    expect(sdk.sum('holdfast.circuit.count', { 'holdfast.circuit.state': 'closed' })).toBe(2);
    for (const topic of ['orders', 'audit']) {
      const written = kafka.messages(topic);
      expect(sdk.sum('messaging.client.sent.messages', { 'messaging.destination.name': topic })).toBe(
        written.length,
      );
      for (const partition of new Set(written.map((one) => one.partition))) {
        expect(
          sdk.sum('messaging.client.sent.messages', {
            'messaging.destination.name': topic,
            'messaging.destination.partition.id': String(partition),
          }),
        ).toBe(written.filter((one) => one.partition === partition).length);
      }
    }
    expect(sdk.sum('holdfast.attempts', { 'holdfast.outcome': 'delivered' })).toBe(110);
    const stats = producer.stats();
    expect(sdk.sum('holdfast.attempts.retried')).toBe(stats.attempts.retried);
    await clock.until(producer.close());
  });

  it('count as sent the records that were written without a response, or may have been', async () => {
    const { clock, kafka, producer, sdk } = await world();
    const sent = producer.sendBatch(records('audit', 5));
    await clock.advance(10);
    kafka.down({ writesInFlight: true });
    kafka.up();
    await clock.until(sent);
    await sdk.collect();
    const lost = { 'error.type': 'CONNECTION_LOST' };
    expect(sdk.sum('messaging.client.sent.messages', lost)).toBe(5);
    expect(sdk.sum('messaging.client.sent.messages')).toBe(kafka.messages('audit').length);
    expect(kafka.messages('audit')).toHaveLength(10);
    expect(sdk.sum('holdfast.producer.records')).toBe(5);
    await clock.until(producer.close());
  });

  it('measure deliveries from send to outcome, by topic, outcome and error, and the time in each stage', async () => {
    const { clock, kafka, producer, sdk } = await world();
    kafka.down();
    const late = producer.sendBatch(records('orders', 10));
    await clock.advance(30_000);
    kafka.up();
    await clock.until(late);
    const waitedMs = clock.now();
    const wrong = producer.send({ topic: 'audit', partition: 9, value: 'v' });
    await expect(clock.until(wrong)).rejects.toMatchObject({ code: 'UNKNOWN_PARTITION' });
    await sdk.collect();
    const delivered = sdk.series('holdfast.delivery.duration', { 'holdfast.outcome': 'delivered' });
    expect(delivered.map(({ attributes }) => attributes['messaging.destination.name'])).toEqual(['orders']);
    // One value per part of the batch that ended together. All of them waited for the cluster.
    for (const { value, count } of delivered) expect(value / count).toBeCloseTo(waitedMs / 1_000, 0);
    const failed = { 'holdfast.outcome': 'failed', 'error.type': 'UNKNOWN_PARTITION' };
    expect(sdk.count('holdfast.delivery.duration', failed)).toBe(1);
    const stages = sdk
      .series('holdfast.stage.duration')
      .map(({ attributes }) => attributes['holdfast.stage']);
    expect(stages).toEqual(expect.arrayContaining(['buffer', 'retry', 'wire']));
    expect(sdk.sum('holdfast.stage.duration', { 'holdfast.stage': 'retry' })).toBeGreaterThan(10);
    await clock.until(producer.close());
  });
});
