import { testEnv, createDelivery, type TestEnv } from '@holdfast/testing';
import type { Adapter } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import { beforeEach, expect, it, vi } from 'vitest';
import { confluentAdapter } from '../src/index.js';
import { FakeCluster, FakeProducer } from './fake-client.fixture.js';

const world = vi.hoisted((): { cluster: unknown } => ({ cluster: undefined }));

// The adapter makes clients of the fake class from a configuration.
vi.mock(import('../src/client/load-client.js'), async (original) => {
  const real = await original();
  return {
    ...real,
    loadClient: () => {
      const client = real.loadClient();
      return Object.create(client, { Producer: { value: ClientOfWorld } }) as typeof client;
    },
  };
});

class ClientOfWorld extends FakeProducer {
  /** It has no native handle. */
  static override [Symbol.hasInstance](): boolean {
    return false;
  }

  constructor(config: object) {
    super(world.cluster as FakeCluster, config, true);
  }
}

let cluster: FakeCluster;
let env: TestEnv;

beforeEach(() => {
  world.cluster = cluster = new FakeCluster({ t: 1 });
  cluster.creates = true;
  env = testEnv();
});

async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    await env.clock.runSoon();
  }
}

async function connected(config: object = { 'allow.auto.create.topics': true }): Promise<Adapter> {
  const adapter = confluentAdapter({ 'bootstrap.servers': 'fake', ...config }, { metadataMaxAgeMs: 5_000 });
  void adapter.connect(env, new AbortController().signal);
  await turns();
  return adapter;
}

async function send(adapter: Adapter, topic: string): Promise<Delivery> {
  const delivery = createDelivery({ topic, value: 'v' }, { createdAt: env.clock.now() });
  delivery.attempts = 1;
  adapter.send([delivery], () => undefined);
  await turns();
  cluster.report();
  await turns();
  return delivery;
}

it('creates a topic that a record waits for, through a client that is closed afterwards', async () => {
  const adapter = await connected();
  expect((await send(adapter, 'new')).outcome).toMatchObject({ status: 'delivered', topic: 'new' });
  expect(cluster.clients.map((client) => client.isConnected())).toEqual([true, false]);
});

it('no query of the client that sends creates a topic', async () => {
  const adapter = await connected();
  await send(adapter, 'new');
  await send(adapter, 't');
  cluster.topics.delete('new');
  for (let i = 0; i < 3; i++) {
    // The client checks whether a broker answers.
    cluster.clients[0]?.emit('event.error', new Error('all broker connections are down'));
    await turns();
    await env.clock.advance(6_000);
    await send(adapter, 't');
  }
  expect([...cluster.topics.keys()]).toEqual(['t']);
  await send(adapter, 'new');
  expect([...cluster.topics.keys()]).toEqual(['t', 'new']);
});

it.each([{}, { 'allow.auto.create.topics': false }])(
  'nothing is created unless the settings allow it: %j',
  async (config) => {
    const adapter = await connected(config);
    expect((await send(adapter, 'new')).outcome).toMatchObject({ error: { code: 'UNKNOWN_TOPIC' } });
    expect([...cluster.topics.keys()]).toEqual(['t']);
    expect(cluster.clients).toHaveLength(1);
  },
);

it('requests the creation at most once per second while brokers do not create it', async () => {
  cluster.creates = false;
  const adapter = await connected();
  for (let i = 0; i < 4; i++) {
    expect((await send(adapter, 'new')).outcome).toMatchObject({ error: { code: 'UNKNOWN_TOPIC' } });
    await env.clock.advance(300);
  }
  expect(cluster.clients).toHaveLength(2);
});

// librdkafka keeps a deleted topic for `topic.metadata.propagation.max.ms` (30 s), and retries its
// records.
it('creates a topic that was deleted while the client has a record for it, although the first attempts fail', async () => {
  const adapter = await connected();
  await send(adapter, 't');
  cluster.topics.delete('t');
  cluster.creates = false;
  const delivery = createDelivery({ topic: 't', value: 'v' }, { createdAt: env.clock.now() });
  delivery.attempts = 1;
  adapter.send([delivery], () => undefined);
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 250) {
      await env.clock.advance(250);
      await turns();
    }
  };
  await pass(3_000);
  expect([...cluster.topics.keys()]).toEqual([]);
  cluster.creates = true;
  await pass(3_000);
  expect([...cluster.topics.keys()]).toEqual(['t']);
  cluster.report();
  await turns();
  expect(delivery.outcome).toMatchObject({ status: 'delivered' });
});
