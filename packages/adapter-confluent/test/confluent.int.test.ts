/** What this adapter alone promises, on real Kafka. */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { RdKafka } from '@confluentinc/kafka-javascript';
import { createProducer, systemClock, type Outcome, type Producer } from '@holdfast/core';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import {
  adapterCases,
  checkAdapter,
  readTopic,
  recordingLogger,
  runAdapterCase,
  type FoundRecord,
  type MakeAdapter,
} from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confluentAdapter, type ConfluentConfig } from '../src/index.js';
import { Session } from '../src/session.js';
import { makeAdapter } from './make-adapter.js';

const env = { logger: recordingLogger() };

describe('on one broker', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 1, require: 'real' });
  });
  afterAll(() => cluster?.down());

  const withoutIdempotence: MakeAdapter = (settings) => makeAdapter({ idempotent: false, ...settings });
  const cases = adapterCases.filter(({ cluster, brokers = 1 }) => cluster === 'plain' && brokers === 1);

  it.each(cases)('without idempotence: $name', async (one) => {
    await runAdapterCase(one, cluster, withoutIdempotence);
  });

  it.each([true, false])('passes the conformance suite of adapters (idempotent: %s)', async (idempotent) => {
    const topic = `conformance-${idempotent}`;
    await cluster.createTopic(topic, { partitions: 3 });
    // A broker that metadata calls a leader may not have heard of it yet.
    await expect
      .poll(() => readTopic(cluster.brokers, topic).catch(() => undefined), { timeout: 30_000 })
      .toEqual([]);
    const problems = await checkAdapter({
      name: 'confluent',
      create: () => makeAdapter({ brokers: cluster.brokers, requestTimeoutMs: 10_000, idempotent }),
      topic,
      partitions: 3,
      read: () => found(cluster.brokers, topic),
    });
    expect(problems).toEqual([]);
  });

  it.each([
    ['its timestamp', true],
    ['its timestamp', false],
    ['no key in a compacted topic', true],
    ['no key in a compacted topic', false],
  ])(
    'a wrong record fails alone, and the others arrive in order: %s (idempotent: %s)',
    async (what, safe) => {
      const isCompacted = what !== 'its timestamp';
      const topic = `wrong-${isCompacted}-${safe}`;
      await cluster.createTopic(topic, { config: isCompacted ? { 'cleanup.policy': 'compact' } : {} });
      const client = confluentAdapter({
        'bootstrap.servers': cluster.brokers.join(','),
        'enable.idempotence': safe,
      });
      const producer = await createProducer({ client, env });
      await producer.sendBatch([{ topic, key: 'first', value: 'first' }]);
      const records = Array.from({ length: 60 }, (_, n) => ({ topic, key: `k${n % 20}`, value: `v${n}` }));
      const wrong = isCompacted
        ? { topic, value: 'wrong' }
        : { topic, key: 'k5', value: 'wrong', timestamp: 1e15 };
      const outcomes = await producer.sendBatch(records.map((one, n) => (n === 25 ? wrong : one)));
      await producer.close();
      expect(outcomes.map(({ status }) => status)).toEqual(
        records.map((_, n) => (n === 25 ? 'failed' : 'delivered')),
      );
      const stored = await readTopic(cluster.brokers, topic);
      for (let key = 0; key < 20; key++) {
        const ofKey = stored.filter((one) => String(one.key) === `k${key}`).map(({ value }) => String(value));
        const expected = [key, key + 20, key + 40].filter((n) => n !== 25).map((n) => `v${n}`);
        expect(ofKey).toEqual(expected);
      }
    },
  );

  it("a user's own connected producer is used, and stays connected", async () => {
    await cluster.createTopic('own');
    const mine = new RdKafka.Producer({ 'bootstrap.servers': cluster.brokers.join(','), dr_cb: true }, {});
    await new Promise<void>((resolve, reject) => {
      mine.connect({ timeout: 10_000 }, (error: unknown) => {
        if (error instanceof Error) reject(error);
        else resolve();
      });
    });
    const producer = await createProducer({ client: confluentAdapter(mine), env });
    expect(await producer.send({ topic: 'own', value: 'v' })).toMatchObject({
      status: 'delivered',
      offset: 0,
    });
    await producer.close();
    expect(mine.isConnected()).toBe(true);
    await new Promise<void>((resolve) => void mine.disconnect(1_000, () => resolve()));
  });

  it('settings that librdkafka refuses only when it starts are one clear error', async () => {
    const config = { 'bootstrap.servers': cluster.brokers.join(','), 'security.protocol': 'ssl' } as const;
    const client = confluentAdapter({ ...config, 'ssl.ca.location': '/nowhere/ca.pem' });
    const starting = createProducer({ client, env, requireBroker: true });
    await expect(starting).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining('ssl.ca.location') as string,
    });
  });

  // The client copies the lock that a question holds into its admin client: made meanwhile, that one waits for ever.
  it('a question about a topic is answered although another is not', async () => {
    const nobody = new RdKafka.Producer({ 'bootstrap.servers': '127.0.0.1:1', dr_cb: true }, {});
    const silent = {
      report: () => undefined,
      error: () => undefined,
      log: () => undefined,
      hangs: () => undefined,
    };
    const session = new Session(nobody, 1, systemClock, silent);
    await session.open();
    const unanswered = session.metadata('t', 2_000);
    await expect(session.whyNoPartitions('t', 100)).resolves.toBe(0);
    await expect(unanswered).resolves.toHaveProperty('code');
    await session.close();
  });

  // Every question blocks a thread of the pool that files need, too.
  it('files are read at once while brokers are silent, however many topics are sent to', async () => {
    const topics = Array.from({ length: 24 }, (_, i) => `silent-${i}`);
    for (const topic of topics) await cluster.createTopic(topic);
    const config = { 'bootstrap.servers': cluster.brokers.join(',') };
    const client = confluentAdapter(config, { requestTimeoutMs: 3_000 });
    const producer = await createProducer({ client, env });
    await producer.send({ topic: 'silent-0', value: 'v' });
    await cluster.pause(1);
    try {
      const sent = topics.map((topic) => producer.send({ topic, value: 'v' }).catch(() => undefined));
      let worst = 0;
      for (let i = 0; i < 40; i++) {
        const before = performance.now();
        await Promise.all([stat('.'), stat('..')]);
        worst = Math.max(worst, performance.now() - before);
        await sleep(50);
      }
      expect(worst).toBeLessThan(500);
      await Promise.all(sent);
    } finally {
      await cluster.resume(1);
      await producer.close();
    }
  });

  it('disconnecting leaves nothing that would keep the process alive', async () => {
    const before = process.getActiveResourcesInfo().length;
    const client = confluentAdapter({ 'bootstrap.servers': cluster.brokers.join(',') });
    const producer = await createProducer({ client, env });
    await cluster.createTopic('end');
    await producer.sendBatch(Array.from({ length: 500 }, () => ({ topic: 'end', value: 'v' })));
    await producer.close();
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });
});

describe('on a broker that creates topics', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 1, require: 'real', autoCreateTopics: true });
  });
  afterAll(() => cluster?.down());

  it('one that was deleted comes back for a record alone', async () => {
    const config = { 'bootstrap.servers': cluster.brokers.join(','), 'allow.auto.create.topics': true };
    const producer = await createProducer({ client: confluentAdapter(config), env });
    const delivered = (topic: string) =>
      expect
        .poll(() => producer.send({ topic, value: 'v' }).catch(() => undefined), { timeout: 30_000 })
        .toMatchObject({ status: 'delivered' });
    const admin = RdKafka.AdminClient.create({ 'bootstrap.servers': cluster.brokers.join(',') });
    try {
      await delivered('kept');
      await delivered('deleted');
      await new Promise<void>((done) => admin.deleteTopic('deleted', 10_000, () => done()));
      // Its client looks for brokers again, and asks for what it knows.
      await cluster.stop(1);
      await sleep(1_000);
      await cluster.start(1);
      await delivered('kept');
      await sleep(5_000);
      await expect(cluster.describeTopic('deleted')).rejects.toThrow();
      await delivered('deleted');
      await cluster.describeTopic('deleted');
    } finally {
      admin.disconnect();
      await producer.close();
    }
  });
});

describe.each<[string, ConfluentConfig]>([
  ['an idempotent client', {}],
  ['a client without idempotence', { 'enable.idempotence': false }],
])('%s, while the leader is killed and comes back', (_, config) => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 3, require: 'real' });
  });
  afterAll(() => cluster?.down());

  it('loses nothing and keeps the order within each key', async () => {
    const topic = 'killed';
    await cluster.createTopic(topic, { partitions: 3 });
    const client = confluentAdapter(
      { 'bootstrap.servers': cluster.brokers.join(','), ...config },
      { requestTimeoutMs: 5_000 },
    );
    const producer = await createProducer({ client, env });
    const lanes = Array.from({ length: 20 }, (_, index) => new Lane(producer, topic, `key ${index}`));
    const running = lanes.map((lane) => lane.run());
    await sleep(1_500);
    const leader = await cluster.leader(topic, 0);
    await cluster.kill(leader);
    await sleep(6_000);
    await cluster.start(leader);
    await sleep(1_500);
    for (const lane of lanes) lane.stop();
    await Promise.all(running);
    await producer.close();
    await cluster.ready();
    const stored = await readTopic(cluster.brokers, topic);
    for (const lane of lanes) {
      const values = stored
        .filter(({ key }) => key?.toString() === lane.key)
        .map(({ value }) => Number(value));
      const firsts = values.filter((value, index) => values.indexOf(value) === index);
      expect(firsts, lane.key).toEqual(Array.from({ length: lane.sent }, (_, index) => index));
      if (lane.unknown === 0) expect(values, `${lane.key}: duplicates`).toEqual(firsts);
    }
  });
});

/** What is in a topic, in the conformance suite's own words: a header that comes several times is one array. */
async function found(brokers: readonly string[], topic: string): Promise<FoundRecord[]> {
  const records = await readTopic(brokers, topic);
  return records.map(({ partition, offset, timestamp, key, value, headers: pairs }) => {
    const headers: Record<string, Buffer | Buffer[]> = {};
    for (const [name, one] of pairs) {
      const before = headers[name];
      const bytes = one ?? Buffer.alloc(0);
      headers[name] = before === undefined ? bytes : [before, bytes].flat();
    }
    return { topic, partition, offset, timestamp, key, value, headers };
  });
}

/** Sends batch after batch of one key, and each again until all of it is delivered, as buffer and retry do. */
class Lane {
  sent = 0;
  unknown = 0;
  private running = true;

  constructor(
    private readonly producer: Producer,
    private readonly topic: string,
    readonly key: string,
  ) {}

  stop(): void {
    this.running = false;
  }

  async run(): Promise<void> {
    while (this.running) {
      let left = Array.from({ length: 25 }, () => ({
        topic: this.topic,
        key: this.key,
        value: `${this.sent++}`,
      }));
      while (left.length > 0) {
        const outcomes: Outcome[] = await this.producer.sendBatch(left);
        this.unknown += outcomes.filter(({ status }) => status === 'unknown').length;
        left = left.filter((_, index) => outcomes[index]?.status !== 'delivered');
        if (left.length > 0) await sleep(50);
      }
    }
  }
}
