import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import type { KafkajsAdapterOptions } from '../src/options.js';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { ProducerRecord } from '@holdfast/core';
import { systemClock, type BaseEnv } from '@holdfast/core/stage';
import { fakeClock, testEnv, type TestEnv, statOf } from '@holdfast/testing';
import { Kafka, logLevel, type KafkaConfig } from 'kafkajs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeKafka } from './fake-kafka/fake-kafka.js';
import { harness, until, words } from './harness.js';

const record: ProducerRecord = { topic: 'orders', value: 'v' };
const never = new AbortController().signal;

const environment = (): BaseEnv & Pick<TestEnv, 'logger' | 'events'> => ({
  ...testEnv(),
  clock: systemClock,
});

describe('the first argument', () => {
  it.each([
    ['nothing', undefined, /must be a Kafka instance of kafkajs or its configuration/],
    ['no brokers', {}, /'brokers' must be a list/],
    ['an empty list', { brokers: [] }, /'brokers' must be a list/],
    ['no port', { brokers: ['kafka:9092', 'localhost'] }, /'brokers' must be a list .*; not 'localhost'$/],
    ['a URL', { brokers: ['kafka://localhost:9092'] }, /not 'kafka:\/\/localhost:9092'/],
    ['no port number', { brokers: ['localhost:0'] }, /not 'localhost:0'/],
    ['IPv6, which kafkajs cannot read', { brokers: ['[::1]:9092', 5] }, /not '\[::1\]:9092', a number$/],
    ['a URL with a password', { brokers: ['kafka://me:secret@host:9092'] }, /not a string$/],
    [
      'something that looks like an instance',
      { producer: () => undefined, admin: () => undefined },
      /no Kafka instance of kafkajs 2.2/,
    ],
  ])('is refused: %s', (_, given, message) => {
    // @ts-expect-error: for JavaScript
    const make = (): unknown => kafkajsAdapter(given);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
  });

  it('may be an instance, whose other clients continue when the adapter disconnects', async () => {
    const fake = await FakeKafka.start();
    fake.topic('orders', [1]);
    const kafka = new Kafka({ brokers: fake.brokers, logLevel: logLevel.NOTHING });
    const producer = kafka.producer({ createPartitioner: () => () => 0 });
    onTestFinished(async () => {
      await producer.disconnect();
      await fake.down();
    });
    await producer.connect();
    const adapter = kafkajsAdapter(kafka);
    await adapter.connect(environment(), never);
    await adapter.disconnect(0);
    await producer.send({ topic: 'orders', messages: [{ value: 'mine' }] });
    expect(fake.values('orders')).toEqual(['mine']);
  });

  it('reports the brokers that a configuration names, and others once it has tried them', async () => {
    const fake = await FakeKafka.start(2);
    onTestFinished(() => fake.down());
    const named = { brokers: ['me@kafka:9092', 'kafka:9093'] };
    expect(kafkajsAdapter(named).servers).toEqual(['kafka:9092', 'kafka:9093']);
    const instance = new Kafka({ brokers: fake.brokers, logLevel: logLevel.NOTHING });
    for (const given of [instance, { brokers: () => fake.brokers }]) {
      const adapter = kafkajsAdapter(given);
      expect(adapter.servers).toEqual([]);
      await adapter.connect(environment(), never);
      expect(adapter.servers).toEqual(fake.brokers.slice(0, 1));
      await adapter.disconnect(0);
    }
  });

  it('the throttle time of a quota is an event, and a sum in stats', async () => {
    const { kafka, adapter, env, send } = await harness();
    kafka.topic('orders', [1]);
    const told: unknown[] = [];
    env.events.on('throttled', (payload) => told.push(payload));
    await send([record]);
    expect([told, statOf(adapter, 'throttledMs')]).toEqual([[], 0]);
    kafka.throttleMs = 70;
    await send([record]);
    await send([record]);
    expect([told, statOf(adapter, 'throttledMs')]).toEqual([
      [
        { adapter: 'kafkajs', ms: 70 },
        { adapter: 'kafkajs', ms: 70 },
      ],
      140,
    ]);
  });

  it('may be a configuration, which is passed on whole, functions included', async () => {
    const fake = await FakeKafka.start();
    onTestFinished(() => fake.down());
    let asked = 0;
    const brokers = async (): Promise<string[]> => {
      asked++;
      return fake.brokers;
    };
    const adapter = kafkajsAdapter({ brokers, clientId: 'mine', connectionTimeout: 500 });
    await adapter.connect(environment(), never);
    await adapter.disconnect(0);
    expect(asked).toBe(1);
  });

  it("logs nothing on the console, and nothing twice: kafkajs's own entries are detail", async () => {
    const written = [vi.spyOn(console, 'log'), vi.spyOn(console, 'info'), vi.spyOn(console, 'error')];
    const fake = await FakeKafka.start();
    await fake.kill(1);
    const adapter = kafkajsAdapter({ brokers: fake.brokers }, { reconnect: { intervalMs: 1 } });
    const env = environment();
    await expect(adapter.connect(env, never)).rejects.toThrow(/cannot be reached/);
    await until(() => env.logger.lines.filter(({ message }) => message.includes('ECONNREFUSED')).length > 5);
    await adapter.disconnect(0);
    for (const spy of written) expect(spy).not.toHaveBeenCalled();
    const levels = env.logger.lines.map(({ level }) => level);
    expect(levels.filter((level) => level !== 'debug')).toEqual(['warn']);
    vi.restoreAllMocks();
  });

  it('needs the codec that the options name', () => {
    const options: KafkajsAdapterOptions = { compression: 'zstd' };
    expect(() => kafkajsAdapter({ brokers: ['localhost:9092'] }, options)).toThrow(
      /register one with CompressionCodecs/,
    );
  });
});

describe('one life', () => {
  it('serves one producer', async () => {
    const { adapter, env } = await harness();
    await expect(adapter.connect(env, never)).rejects.toMatchObject({ code: 'INVALID_CHAIN' });
  });

  it('ends with disconnect, which may be called again', async () => {
    const { adapter, env, send } = await harness();
    await Promise.all([adapter.disconnect(0), adapter.disconnect(0)]);
    await expect(adapter.connect(env, never)).rejects.toMatchObject({ code: 'CLOSED' });
    expect(words(await send([record]))).toEqual(['failed CLOSED']);
  });

  it('ends when the producer gives up starting', async () => {
    const fake = await FakeKafka.start();
    onTestFinished(() => fake.down());
    const abort = new AbortController();
    const adapter = kafkajsAdapter({ brokers: fake.brokers });
    await adapter.connect(environment(), abort.signal);
    abort.abort();
    await until(() => statOf(adapter, 'connections') === 0);
  });

  it('does not accept records before it is connected to a producer', async () => {
    const config: KafkaConfig = { brokers: ['127.0.0.1:1'] };
    const adapter = kafkajsAdapter(config);
    const settled = vi.fn();
    adapter.send([], settled);
    expect(settled).not.toHaveBeenCalled();
    await until(() => settled.mock.calls.length === 1);
    await adapter.flush(0);
    await adapter.disconnect(0);
  });

  it('reports its capabilities and its state', async () => {
    const brokers = ['127.0.0.1:1'];
    expect(kafkajsAdapter({ brokers }).capabilities).toEqual({
      offsets: true,
      acks: 'all',
      idempotent: true,
    });
    expect(kafkajsAdapter({ brokers }, { acks: 0 }).capabilities).toEqual({
      offsets: false,
      acks: 'none',
      idempotent: false,
    });
    expect(kafkajsAdapter({ brokers }, { acks: 1 }).capabilities).toMatchObject({
      acks: 'leader',
      idempotent: false,
    });
    expect(kafkajsAdapter({ brokers }, { idempotent: false }).capabilities.idempotent).toBe(false);
    const { kafka, adapter, send } = await harness({ plain: false });
    kafka.topic('orders', [1]);
    await send([record]);
    // The adapter requests metadata, too.
    await until(() => Reflect.get(adapter.stats?.() ?? {}, 'requestsInFlight') === 0);
    expect(adapter.stats?.()).toEqual({
      connections: 1,
      requestsInFlight: 0,
      reconnects: 0,
      records: 0,
      idempotent: true,
      throttledMs: 0,
    });
  });

  it('waits for nobody with acks 0: written is delivered, without an offset', async () => {
    const { kafka, send } = await harness({ acks: 0 });
    kafka.topic('orders', [1]);
    expect(await send([record])).toMatchObject([{ status: 'delivered', partition: 0, offset: -1 }]);
    await until(() => kafka.values('orders').length === 1);
  });
});

describe('no timer outlives disconnect, which would keep a process from ending', () => {
  it('with records in flight to several brokers', async () => {
    const clock = fakeClock();
    const { kafka, adapter, connected, send } = await harness({ nodes: 2, clock });
    kafka.topic('orders', [1, 2]);
    await connected;
    const both = [0, 1].map((partition) => ({ ...record, partition }));
    await send(both);
    kafka.reactions.push(
      () => 'write and hang',
      () => 'write and hang',
    );
    const sent = send(both);
    await until(() => kafka.requests.length === 4);
    await clock.until(adapter.disconnect(clock.now()));
    expect(words(await sent)).toEqual(['unknown CLOSE_TIMEOUT', 'unknown CLOSE_TIMEOUT']);
    await clock.runSoon();
    expect(clock.pending).toBe(0);
  });

  it('with an idempotent record that waits to be sent again', async () => {
    const clock = fakeClock();
    const { kafka, adapter, connected, send } = await harness({ idempotent: true, clock });
    kafka.topic('orders', [1]);
    await connected;
    await send([record]);
    kafka.reactions.push(() => 'write and lose');
    const sent = send([record]);
    await until(() => kafka.requests.length === 2 && statOf(adapter, 'requestsInFlight') === 0);
    await until(() => statOf(adapter, 'connections') === 1);
    await clock.until(adapter.disconnect(clock.now()));
    expect(words(await sent)).toEqual(['unknown CLOSE_TIMEOUT']);
    await clock.runSoon();
    expect(clock.pending).toBe(0);
  });
});

it('a broker that accepts connections and stays silent does not keep the adapter from closing', async () => {
  const silent = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(silent, 'listening');
  const sockets = new Set<Socket>();
  silent.on('connection', (socket) => sockets.add(socket.on('error', () => undefined).resume()));
  onTestFinished(() => void silent.close());
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const adapter = kafkajsAdapter({ brokers: [`127.0.0.1:${port}`, `127.0.0.1:${port}`] });
  const connected = adapter.connect(environment(), never);
  connected.catch(() => undefined);
  await until(() => sockets.size === 1);
  await adapter.disconnect(0);
  await expect(connected).rejects.toMatchObject({ stage: 'kafkajs' });
  await until(() =>
    [...sockets].every((socket) => socket.destroyed || socket.readableEnded || socket.closed),
  );
  expect(sockets.size).toBe(1);
});
