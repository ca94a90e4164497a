/** The promises of this adapter alone, on real Kafka. */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { RdKafka } from '@confluentinc/kafka-javascript';
import { createProducer } from '@holdfast/core';
import { systemClock } from '@holdfast/core/stage';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import {
  adapterCases,
  checkAdapter,
  readTopic,
  recordingLogger,
  runAdapterCase,
  type FoundRecord,
} from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confluentAdapter } from '../src/index.js';
import { Session } from '../src/cluster/session.js';
import { makeAdapter, withoutIdempotence } from './make-adapter.js';

const env = { logger: recordingLogger() };

/**
 * Cases that the client handles differently without idempotence; `confluent.deep.test.ts` has all
 * cases.
 */
const refusals = [
  'a topic that does not exist fails alone, and comes to be known when it is made',
  'a record beyond the limit of its topic fails alone',
  'records that are too large for their topic only together',
  'a leader accepts requests and answers none',
];

describe('on one broker', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 1, require: 'real' });
  });
  afterAll(() => cluster?.down());

  it.each(refusals)('without idempotence: %s', async (name) => {
    const one = adapterCases.find((other) => other.name === name);
    if (one === undefined) throw new Error(`there is no case '${name}'`);
    await runAdapterCase(one, cluster, withoutIdempotence);
  });

  it.each([true, false])('passes the conformance suite of adapters (idempotent: %s)', async (idempotent) => {
    const topic = `conformance-${idempotent}`;
    await cluster.createTopic(topic, { partitions: 3 });
    // A broker that metadata names as a leader may not know it yet.
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
      const config = { 'bootstrap.servers': cluster.brokers.join(',') };
      const client = confluentAdapter(config, { idempotent: safe });
      const producer = await createProducer({ adapter: client, env });
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

  it("uses a user's own connected producer, and leaves it connected", async () => {
    await cluster.createTopic('own');
    const mine = new RdKafka.Producer({ 'bootstrap.servers': cluster.brokers.join(','), dr_cb: true }, {});
    await new Promise<void>((resolve, reject) => {
      mine.connect({ timeout: 10_000 }, (error: unknown) => {
        if (error instanceof Error) reject(error);
        else resolve();
      });
    });
    const producer = await createProducer({ adapter: confluentAdapter(mine), env });
    expect(await producer.send({ topic: 'own', value: 'v' })).toMatchObject({
      status: 'delivered',
      offset: 0,
    });
    await producer.close();
    expect(mine.isConnected()).toBe(true);
    await new Promise<void>((resolve) => void mine.disconnect(1_000, () => resolve()));
  });

  it('reports settings that librdkafka refuses only when it starts as one clear error', async () => {
    const config = { 'bootstrap.servers': cluster.brokers.join(','), 'security.protocol': 'ssl' } as const;
    const client = confluentAdapter({ ...config, 'ssl.ca.location': '/nowhere/ca.pem' });
    const starting = createProducer({ adapter: client, env, requireBroker: true });
    await expect(starting).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: expect.stringContaining('ssl.ca.location') as string,
    });
  });

  // The client copies the lock that a query holds into its admin client: made meanwhile, that one
  // waits for ever.
  it('a query about a topic is answered although another is not', async () => {
    const nobody = new RdKafka.Producer({ 'bootstrap.servers': '127.0.0.1:1', dr_cb: true }, {});
    const silent = {
      reported: () => undefined,
      failed: () => undefined,
      logged: () => undefined,
      throttled: () => undefined,
      hangs: () => undefined,
    };
    const session = new Session(nobody, 1, systemClock, silent);
    await session.open();
    const unanswered = session.metadata('t', 700);
    await expect(session.topicError('t', 100)).resolves.toBe(0);
    await expect(unanswered).resolves.toHaveProperty('code');
    await session.close();
  });

  // Each query blocks a thread of the pool that files need as well.
  it('files are read at once while brokers are silent, however many topics are sent to', async () => {
    const topics = Array.from({ length: 24 }, (_, i) => `silent-${i}`);
    for (const topic of topics) await cluster.createTopic(topic);
    const config = { 'bootstrap.servers': cluster.brokers.join(',') };
    const client = confluentAdapter(config, { requestTimeoutMs: 2_000 });
    const producer = await createProducer({ adapter: client, env });
    await producer.send({ topic: 'silent-0', value: 'v' });
    await cluster.pause(1);
    try {
      const sent = topics.map((topic) => producer.send({ topic, value: 'v' }).catch(() => undefined));
      let worst = 0;
      for (let i = 0; i < 30; i++) {
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

  it('disconnecting leaves nothing that keeps the process alive', async () => {
    const before = process.getActiveResourcesInfo().length;
    const client = confluentAdapter({ 'bootstrap.servers': cluster.brokers.join(',') });
    const producer = await createProducer({ adapter: client, env });
    await cluster.createTopic('end');
    await producer.sendBatch(Array.from({ length: 500 }, () => ({ topic: 'end', value: 'v' })));
    await producer.close();
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });
});

describe('on a broker that creates topics', () => {
  const refreshMs = 400;
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 1, require: 'real', autoCreateTopics: true });
  });
  afterAll(() => cluster?.down());

  it('a deleted topic is created again only for a record', async () => {
    const config = {
      'bootstrap.servers': cluster.brokers.join(','),
      'allow.auto.create.topics': true,
      'topic.metadata.refresh.interval.ms': refreshMs,
    };
    const producer = await createProducer({ adapter: confluentAdapter(config), env });
    const delivered = (topic: string) =>
      expect
        .poll(() => producer.send({ topic, value: 'v' }).catch((error: unknown) => error), {
          timeout: 30_000,
        })
        .toMatchObject({ status: 'delivered' });
    const admin = RdKafka.AdminClient.create({ 'bootstrap.servers': cluster.brokers.join(',') });
    try {
      await delivered('kept');
      await delivered('deleted');
      await new Promise<void>((done) => admin.deleteTopic('deleted', 10_000, () => done()));
      // Its client looks for brokers again, and queries the topics that it knows.
      await cluster.stop(1);
      await cluster.start(1);
      await delivered('kept');
      await sleep(5 * refreshMs);
      await expect(cluster.describeTopic('deleted')).rejects.toThrow();
      await delivered('deleted');
      await cluster.describeTopic('deleted');
    } finally {
      admin.disconnect();
      await producer.close();
    }
  });
});

/**
 * Returns the records of a topic as the conformance suite expects them: a header that comes several
 * times is one array.
 */
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
