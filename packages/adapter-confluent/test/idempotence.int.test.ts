/**
 * Idempotence on real Kafka: a cluster that gives this user no producer id, and one that has lost
 * confirmed records.
 */
import { createProducer, type Outcome, type Producer } from '@holdfast/core';
import {
  startKafka,
  startWithoutProducerIds,
  type KafkaCluster,
  type WithoutProducerIds,
} from '@holdfast/kafka';
import { recordingLogger } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confluentAdapter, readTopic, type ConfluentAdapterOptions } from '../src/index.js';
import { configOf } from './make-adapter.js';

const values = Array.from({ length: 50 }, (_, n) => `v${n}`);

const outcomeOf = (producer: Producer, topic: string, value: string): Promise<Outcome | undefined> =>
  producer.sendBatch([{ topic, key: 'k', value }]).then(([outcome]) => outcome);

describe('a cluster that gives the user no producer id', () => {
  let refusing: WithoutProducerIds;
  beforeAll(async () => {
    refusing = await startWithoutProducerIds();
  });
  afterAll(() => refusing?.cluster.down());

  function config(): ReturnType<typeof configOf> {
    const { ca, mechanism, users } = refusing.security;
    const settings = { brokers: refusing.cluster.brokers, requestTimeoutMs: 10_000, tls: { ca } };
    return configOf({ ...settings, sasl: { mechanism, ...users.limited } });
  }

  async function stored(topic: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { value } of readTopic(config(), topic)) found.push(String(value));
    return found;
  }

  it.each<[what: string, options: ConfluentAdapterOptions, warnings: unknown[]]>([
    [
      'by default it goes on without one, and says so once',
      {},
      [
        expect.stringMatching(
          /Cluster authorization failed.*may be in its topic twice; grant IdempotentWrite/,
        ),
      ],
    ],
    ['idempotent: false asks for none', { idempotent: false }, []],
  ])('%s', async (_, options, warnings) => {
    const topic = `free-${warnings.length}`;
    await refusing.cluster.createTopic(topic);
    const logger = recordingLogger();
    const adapter = confluentAdapter(config(), options);
    const producer = await createProducer({ adapter, env: { logger } });
    const outcomes = await producer.sendBatch(values.map((value) => ({ topic, key: 'k', value })));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['delivered']));
    expect(adapter.capabilities.idempotent).toBe(false);
    await producer.close();
    expect(await stored(topic)).toEqual(values);
    expect(logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual(
      warnings,
    );
  });

  // The last one here: the right stays granted.
  it('with idempotent: true, records fail until the right is granted', async () => {
    const topic = 'free-later';
    await refusing.cluster.createTopic(topic);
    const adapter = confluentAdapter(config(), { idempotent: true });
    const producer = await createProducer({ adapter, env: { logger: recordingLogger() } });
    expect(await outcomeOf(producer, topic, 'refused')).toMatchObject({
      status: 'failed',
      error: { code: 'AUTHORIZATION_FAILED', kafka: { code: 31 } },
    });
    await refusing.grantId();
    await expect
      .poll(() => outcomeOf(producer, topic, 'granted'), { timeout: 30_000 })
      .toMatchObject({ status: 'delivered' });
    expect(adapter.capabilities.idempotent).toBe(true);
    await producer.close();
    // An adapter that has given it up stays without it; a new one has the default again.
    const another = confluentAdapter(config());
    const next = await createProducer({ adapter: another, env: { logger: recordingLogger() } });
    expect(await outcomeOf(next, topic, 'by another')).toMatchObject({ status: 'delivered' });
    expect(another.capabilities.idempotent).toBe(true);
    await next.close();
    expect(await stored(topic)).toEqual(['granted', 'by another']);
  });
});

describe('a leader that has lost what was confirmed (an unclean election)', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 3, require: 'real' });
  });
  afterAll(() => cluster.down());

  it('disagrees with the client, which is replaced: each record that is sent then arrives, in order', async () => {
    const topic = 'unclean';
    const settings = { 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'true' };
    await cluster.createTopic(topic, { replicationFactor: 2, config: settings });
    const logger = recordingLogger();
    const adapter = confluentAdapter({ 'bootstrap.servers': cluster.brokers.join(',') });
    const producer = await createProducer({ adapter, env: { logger } });
    const [first] = await cluster.describeTopic(topic);
    const leader = first?.leader ?? -1;
    const follower = first?.replicas.find((id) => id !== leader) ?? -1;
    expect(await outcomeOf(producer, topic, 'on both')).toMatchObject({ status: 'delivered' });
    await cluster.stop(follower);
    await expect
      .poll(() => outcomeOf(producer, topic, 'on one'), { timeout: 30_000 })
      .toMatchObject({ status: 'delivered' });
    await cluster.kill(leader);
    await cluster.start(follower, { wait: false });
    await expect.poll(() => cluster.leader(topic, 0), { timeout: 60_000 }).toBe(follower);
    const errors: unknown[] = [];
    let left = values;
    await expect
      .poll(
        async () => {
          const outcomes = await producer.sendBatch(left.map((value) => ({ topic, key: 'k', value })));
          errors.push(...outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : [])));
          left = left.filter((_, n) => outcomes[n]?.status !== 'delivered');
          return left;
        },
        { timeout: 60_000 },
      )
      .toEqual([]);
    expect(errors).toContainEqual(expect.objectContaining({ code: 'CLIENT_FATAL', retriable: true }));
    expect(errors.filter((error) => Reflect.get(Object(error), 'retriable') !== true)).toEqual([]);
    expect(adapter.stats?.()).toMatchObject({ idempotent: true, rebuilds: 1 });
    await producer.close();
    await cluster.start(leader);
    const found = new Set<string>();
    for await (const { value } of readTopic({ 'bootstrap.servers': cluster.brokers.join(',') }, topic))
      found.add(String(value));
    expect([...found]).toEqual(['on both', ...values]);
    expect(logger.text()).toMatch(/the client died and is replaced: .*(sequence|OUT_OF_ORDER)/i);
  });
});
