/** On real Kafka: a cluster that gives this user no producer id. */
import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import { readTopic } from '../src/read/read-topic.js';
import type { KafkajsAdapterOptions } from '../src/options.js';
import { createProducer } from '@holdfast/core';
import { startWithoutProducerIds, type WithoutProducerIds } from '@holdfast/kafka';
import { recordingLogger } from '@holdfast/testing';
import type { KafkaConfig } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf } from './make-adapter.js';

const values = Array.from({ length: 50 }, (_, n) => `v${n}`);

describe('a cluster that gives the user no producer id', () => {
  let refusing: WithoutProducerIds;
  beforeAll(async () => {
    refusing = await startWithoutProducerIds();
  });
  afterAll(() => refusing?.cluster.down());

  function config(): KafkaConfig {
    const { ca, mechanism, users } = refusing.security;
    const settings = { brokers: refusing.cluster.brokers, requestTimeoutMs: 10_000, tls: { ca } };
    return configOf({ ...settings, sasl: { mechanism, ...users.limited } });
  }

  async function stored(topic: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { value } of readTopic(config(), topic)) found.push(String(value));
    return found;
  }

  it.each<[what: string, options: KafkajsAdapterOptions, warnings: unknown[]]>([
    [
      'by default it goes on without one, and says so once',
      {},
      [
        expect.stringMatching(
          /CLUSTER_AUTHORIZATION_FAILED.*may be in its topic twice; grant IdempotentWrite/,
        ),
      ],
    ],
    ['idempotent: false asks for none', { idempotent: false }, []],
  ])('%s', async (_, options, warnings) => {
    const topic = `free-${warnings.length}`;
    await refusing.cluster.createTopic(topic, { partitions: 1 });
    const logger = recordingLogger();
    const adapter = kafkajsAdapter(config(), options);
    const producer = await createProducer({ adapter, env: { logger } });
    const outcomes = await producer.sendBatch(values.map((value) => ({ topic, key: 'k', value })));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['delivered']));
    expect(adapter.capabilities.idempotent).toBe(false);
    await producer.close();
    expect(await stored(topic)).toEqual(values);
    const said = logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(said).toEqual(warnings);
  });

  // This has to be the last test: the right stays granted.
  it('with idempotent: true records fail, and are delivered once the right is granted', async () => {
    const topic = 'free-later';
    await refusing.cluster.createTopic(topic, { partitions: 1 });
    const adapter = kafkajsAdapter(config(), { idempotent: true });
    const producer = await createProducer({ adapter, env: { logger: recordingLogger() } });
    const send = async (value: string): Promise<unknown> =>
      (await producer.sendBatch([{ topic, key: 'k', value }]))[0];
    expect(await send('refused')).toMatchObject({
      status: 'failed',
      error: { code: 'AUTHORIZATION_FAILED', kafka: { code: 31 } },
    });
    await refusing.grantId();
    await expect.poll(() => send('granted'), { timeout: 30_000 }).toMatchObject({ status: 'delivered' });
    expect(adapter.capabilities.idempotent).toBe(true);
    await producer.close();
    expect(await stored(topic)).toEqual(['granted']);
  });
});
