import { createProducer, type EventName, type Middleware } from '@holdfast/core';
import type { Env, Send } from '@holdfast/core/stage';
import {
  createDelivery,
  delivered,
  fails,
  memoryKafka,
  recordingLogger,
  testEnv,
  type TestEnv,
} from '@holdfast/testing';

import { metrics as api } from '@opentelemetry/api';
import { AggregationTemporality, createDenyListAttributesProcessor } from '@opentelemetry/sdk-metrics';
import { describe, expect, it, onTestFinished } from 'vitest';
import { metrics } from './metrics.js';
import { producerOver, silently } from './producer.fixture.js';
import { Sdk } from './sdk.fixture.js';

/** Collects the events that are listened to. */
function watched(env: TestEnv): { readonly env: Env; readonly heard: EventName[] } {
  const heard: EventName[] = [];
  const events = Object.create(env.events, {
    on: {
      value: (name: EventName, listener: () => void) => {
        heard.push(name);
        return env.events.on(name, listener);
      },
    },
  }) as Env['events'];
  return { env: { ...env, events }, heard };
}

describe('options', () => {
  it('are all reported at once when they are wrong or unknown', () => {
    const wrong = { clientId: '', maxTopics: 0, failuresOnly: true };
    const make = (): void => void Reflect.apply(metrics, undefined, [wrong]);
    expect(make).toThrow(/clientId/);
    expect(make).toThrow(/maxTopics/);
    expect(make).toThrow(/failuresOnly/);
  });
});

describe('without an SDK', () => {
  it('passes on the very same batch and settle, and listens to nothing', () => {
    api.disable();
    const { env, heard } = watched(testEnv());
    const next: Send = () => undefined;
    expect(metrics().bind(next, env)).toEqual({ send: next });
    expect(heard).toEqual([]);
  });

  it('continues to do nothing when one is registered later', async () => {
    api.disable();
    const { producer } = await producerOver([metrics()]);
    const sdk = new Sdk();
    await producer.send({ topic: 'orders', value: 'v' });
    expect((await sdk.collect()).names).toEqual([]);
    await producer.close();
  });

  it('passes records on when the provider itself throws', async () => {
    api.disable();
    api.setGlobalMeterProvider({
      getMeter: () => {
        throw new Error('broken');
      },
    });
    onTestFinished(() => api.disable());
    const logger = recordingLogger();
    const { kafka, producer } = await producerOver([metrics()], logger);
    await producer.send({ topic: 'orders', value: 'v' });
    expect(kafka.values()).toEqual(['v']);
    expect(logger.text()).toContain('OpenTelemetry threw');
    await producer.close();
  });
});

describe('producers of one process', () => {
  const ids = (sdk: Sdk): unknown[] =>
    sdk.series('holdfast.producer.sent.records').map(({ attributes }) => attributes['messaging.client.id']);

  it('have separate series, whatever their ids', async () => {
    const sdk = new Sdk();
    const producers = [
      (await producerOver([metrics()])).producer,
      (await producerOver([metrics()])).producer,
      (await producerOver([metrics({ clientId: 'shop' })])).producer,
      (await producerOver([metrics({ clientId: 'shop' })])).producer,
    ];
    for (const [index, producer] of producers.entries())
      for (let i = 0; i <= index; i++) await producer.send({ topic: 'orders', value: 'v' });
    await sdk.collect();
    const [first, second, ...named] = ids(sdk);
    expect(named).toEqual(['shop', 'shop-2']);
    expect([first, second]).toEqual([
      expect.stringMatching(/^producer-\d+$/),
      expect.stringMatching(/^producer-\d+$/),
    ]);
    expect(sdk.series('holdfast.producer.sent.records').map(({ value }) => value)).toEqual([1, 2, 3, 4]);
    expect(sdk.sum('messaging.client.sent.messages', { 'messaging.client.id': 'shop-2' })).toBe(4);
    for (const producer of producers) await producer.close();
  });

  it('end with their totals and gauges of 0 when they close, and free their id', async () => {
    const sdk = new Sdk();
    const kafka = memoryKafka({ topics: { orders: 1 } });
    const use = [metrics({ clientId: 'orders' }), holding()];
    const producer = await createProducer({ adapter: kafka.adapter(), use, env: { logger: silently } });
    await producer.send({ topic: 'orders', value: 'v' });
    await sdk.collect();
    expect(sdk.sum('holdfast.stage.records', { 'holdfast.stage': 'holding' })).toBe(7);
    await producer.close();
    await sdk.collect();
    expect(sdk.sum('holdfast.stage.records', { 'holdfast.stage': 'holding' })).toBe(0);
    expect(sdk.sum('holdfast.producer.records')).toBe(1);
    const closed = { 'holdfast.producer.state': 'closed' };
    expect(sdk.sum('holdfast.producer.state', closed)).toBe(1);
    expect(sdk.sum('holdfast.producer.state')).toBe(1);
    looked = 0;
    await sdk.collect();
    expect(looked).toBe(0);

    const again = await createProducer({
      adapter: kafka.adapter(),
      use: [metrics({ clientId: 'orders' }), holding()],
    });
    await sdk.collect();
    expect(ids(sdk)).toEqual(['orders']);
    expect(sdk.sum('holdfast.producer.state', closed)).toBe(0);
    await again.close();
  });

  it('have no series after they close where only changes are exported', async () => {
    const sdk = new Sdk({ temporality: AggregationTemporality.DELTA });
    const { producer } = await producerOver([metrics()]);
    await producer.send({ topic: 'orders', value: 'v' });
    await producer.close();
    await sdk.collect();
    expect(sdk.sum('holdfast.producer.records')).toBe(1);
    expect((await sdk.collect()).names).toEqual([]);
  });

  it('leave nothing behind when they cannot start', async () => {
    const sdk = new Sdk();
    const kafka = memoryKafka();
    kafka.down();
    const client = kafka.adapter();
    const refused = createProducer({
      adapter: client,
      use: [metrics()],
      requireBroker: true,
      env: { logger: silently },
    });
    await expect(refused).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
    expect((await sdk.collect()).names).toEqual([]);
  });
});

let looked = 0;
/** A third party's stage with the same stats as ours. */
const holding = (): Middleware => ({
  name: 'holding',
  bind: (next) => ({
    send: next,
    stats: () => {
      looked++;
      return { waitingRecords: 7, waitingBytes: 70, oldestWaitingMs: 1_500, maxBytes: 100 };
    },
  }),
});

describe('the stats of a stage', () => {
  it('are read from a third party as from ours', async () => {
    const sdk = new Sdk();
    const { producer } = await producerOver([metrics(), holding()]);
    await sdk.collect();
    const stage = { 'holdfast.stage': 'holding' };
    expect(sdk.sum('holdfast.stage.records', stage)).toBe(7);
    expect(sdk.sum('holdfast.stage.size', stage)).toBe(70);
    expect(sdk.sum('holdfast.stage.oldest.age', stage)).toBe(1.5);
    expect(sdk.sum('holdfast.stage.limit', stage)).toBe(100);
    await producer.close();
  });

  it('may be anything: fields that are not numbers are skipped, and the rest is reported', async () => {
    const sdk = new Sdk();
    const wrong = {
      waitingRecords: 'many',
      get waitingBytes(): number {
        throw new Error('not now');
      },
      maxBytes: Infinity,
      state: 7,
      transitions: null,
      diskBytes: NaN,
    };
    const named = (name: string): Middleware => ({
      name,
      bind: (next) => ({ send: next, stats: () => wrong }),
    });
    const names = ['journal', 'circuitBreaker', 'deadLetterQueue', 'retry', 'buffer'];
    const { producer } = await producerOver([metrics(), ...names.map(named)]);
    await producer.send({ topic: 'orders', value: 'v' });
    await sdk.collect();
    expect(sdk.sum('holdfast.producer.records')).toBe(1);
    for (const name of names)
      expect(sdk.series('holdfast.stage.records', { 'holdfast.stage': name })).toEqual([]);
    expect(sdk.series('holdfast.journal.size')).toEqual([]);
    expect(silently.text()).not.toContain('OpenTelemetry threw');
    await producer.close();
  });
});

describe('holdfast.delivery.duration', () => {
  it('has one value for records that end together and alike, that of the oldest', async () => {
    const sdk = new Sdk();
    const env = testEnv();
    const stage = metrics().bind((batch, settle) => {
      for (const [at, delivery] of batch.entries()) delivery.outcome = at < 3 ? delivered : fails('CLOSED');
      settle(batch);
    }, env);
    void stage.start?.(new AbortController().signal);
    await env.clock.advance(10_000);
    const sentAt = [5_000, 2_000, 9_000, 8_000, 7_000];
    const batch = sentAt.map((createdAt) => createDelivery({ topic: 'orders', value: 'v' }, { createdAt }));
    stage.send(batch, () => undefined);
    await sdk.collect();
    const values = sdk
      .series('holdfast.delivery.duration')
      .map(({ attributes, value, count }) => [attributes['holdfast.outcome'], count, value]);
    expect(values).toEqual([
      ['delivered', 1, 8],
      ['failed', 1, 3],
    ]);
  });
});

describe('cardinality', () => {
  it('counts 10,000 topics as 1,000 destinations and one for all others', async () => {
    const sdk = new Sdk();
    const { kafka, producer } = await producerOver([metrics()]);
    const topics = Array.from({ length: 10_000 }, (_, i) => `topic-${i}`);
    await producer.sendBatch(topics.map((topic) => ({ topic, value: 'v' })));
    await sdk.collect();
    const other = { 'messaging.destination.name': '_OTHER' };
    for (const name of [
      'messaging.client.sent.messages',
      'holdfast.delivery.duration',
      'messaging.client.operation.duration',
    ])
      expect(sdk.series(name)).toHaveLength(1_001);
    expect(sdk.sum('messaging.client.sent.messages')).toBe(kafka.values().length);
    expect(sdk.sum('messaging.client.sent.messages', other)).toBe(9_000);
    expect(sdk.series('messaging.client.sent.messages', other)[0]?.attributes).not.toHaveProperty(
      'messaging.destination.partition.id',
    );
    await producer.close();
  });

  it('counts partitions as destinations, too', async () => {
    const sdk = new Sdk();
    const kafka = memoryKafka({ topics: { wide: 8 } });
    const producer = await createProducer({ adapter: kafka.adapter(), use: [metrics({ maxTopics: 3 })] });
    await producer.sendBatch(
      Array.from({ length: 8 }, (_, partition) => ({ topic: 'wide', partition, value: 'v' })),
    );
    await sdk.collect();
    expect(sdk.series('messaging.client.sent.messages')).toHaveLength(4);
    expect(sdk.sum('messaging.client.sent.messages', { 'messaging.destination.name': '_OTHER' })).toBe(5);
    await producer.close();
  });

  it('adds up the records of partitions under a view that removes the partition', async () => {
    const views = [
      {
        instrumentName: 'messaging.client.sent.messages',
        attributesProcessors: [createDenyListAttributesProcessor(['messaging.destination.partition.id'])],
      },
    ];
    const sdk = new Sdk({ views });
    const kafka = memoryKafka({ topics: { wide: 8 } });
    const producer = await createProducer({ adapter: kafka.adapter(), use: [metrics()] });
    const send = (): Promise<unknown> =>
      producer.sendBatch(
        Array.from({ length: 16 }, (_, i) => ({ topic: 'wide', partition: i % 8, value: 'v' })),
      );
    await send();
    await sdk.collect();
    await send();
    await sdk.collect();
    expect(sdk.series('messaging.client.sent.messages').map(({ value }) => value)).toEqual([32]);
    await producer.close();
  });

  it('counts all error codes beyond a hundred as one', async () => {
    const sdk = new Sdk();
    let made = 0;
    const failing: Middleware = {
      name: 'failing',
      bind: () => ({
        send(batch, settle) {
          for (const delivery of batch) delivery.outcome = fails(`CODE_${made++}`);
          settle(batch);
        },
      }),
    };
    const { producer } = await producerOver([metrics(), failing]);
    await producer.sendBatch(Array.from({ length: 1_000 }, () => ({ topic: 'orders', value: 'v' })));
    await sdk.collect();
    expect(sdk.series('holdfast.delivery.duration')).toHaveLength(101);
    expect(sdk.count('holdfast.delivery.duration', { 'error.type': '_OTHER' })).toBe(1);
    await producer.close();
  });
});
