/** On real Kafka: a cluster that gives this user no producer id. */
import { createProducer } from '@holdfast/core';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { recordingLogger } from '@holdfast/testing';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
  type Admin,
  type KafkaConfig,
} from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkajsAdapter, readTopic, type KafkajsAdapterOptions } from '../src/index.js';
import { configOf } from './make-adapter.js';

const values = Array.from({ length: 50 }, (_, n) => `v${n}`);

describe('a cluster that gives the user no producer id', () => {
  let cluster: KafkaCluster;
  let admin: Admin;

  beforeAll(async () => {
    const properties = { 'allow.everyone.if.no.acl.found': 'true' };
    cluster = await startKafka({ brokers: 1, secure: true, require: 'real', properties });
    admin = new Kafka({ ...config('admin'), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    // Kafka gives an id to whoever may write to any topic, and asks that of one called 'hardcode'. Topics without
    // an ACL are open to all; the cluster is not, as soon as somebody else has a right to it.
    await grant(AclResourceTypes.TOPIC, 'hardcode', 'nobody', AclOperationTypes.WRITE);
    await grant(AclResourceTypes.CLUSTER, 'kafka-cluster', 'nobody', AclOperationTypes.IDEMPOTENT_WRITE);
  });
  afterAll(async () => {
    await admin?.disconnect();
    await cluster?.down();
  });

  function config(user: 'admin' | 'limited'): KafkaConfig {
    if (cluster.security === undefined) throw new Error('the cluster is not secure');
    const { ca, mechanism, users } = cluster.security;
    const settings = { brokers: cluster.brokers, requestTimeoutMs: 10_000, tls: { ca } };
    return configOf({ ...settings, sasl: { mechanism, ...users[user] } });
  }

  async function grant(
    resourceType: AclResourceTypes,
    resourceName: string,
    username: string,
    operation: AclOperationTypes,
  ): Promise<void> {
    const any = { host: '*', resourcePatternType: ResourcePatternTypes.LITERAL };
    const allow = { permissionType: AclPermissionTypes.ALLOW, principal: `User:${username}`, operation };
    await admin.createAcls({ acl: [{ ...any, ...allow, resourceType, resourceName }] });
  }

  async function stored(topic: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { value } of readTopic(config('limited'), topic)) found.push(String(value));
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
    await cluster.createTopic(topic, { partitions: 1 });
    const logger = recordingLogger();
    const adapter = kafkajsAdapter(config('limited'), options);
    const producer = await createProducer({ client: adapter, env: { logger } });
    const outcomes = await producer.sendBatch(values.map((value) => ({ topic, key: 'k', value })));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['delivered']));
    expect(adapter.capabilities.idempotent).toBe(false);
    await producer.close();
    expect(await stored(topic)).toEqual(values);
    const said = logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(said).toEqual(warnings);
  });

  // The last one here: the right stays granted.
  it('with idempotent: true records fail, and go once the right is granted', async () => {
    const topic = 'free-later';
    await cluster.createTopic(topic, { partitions: 1 });
    const adapter = kafkajsAdapter(config('limited'), { idempotent: true });
    const producer = await createProducer({ client: adapter, env: { logger: recordingLogger() } });
    const send = async (value: string): Promise<unknown> =>
      (await producer.sendBatch([{ topic, key: 'k', value }]))[0];
    expect(await send('refused')).toMatchObject({
      status: 'failed',
      error: { code: 'AUTHORIZATION_FAILED', kafka: { code: 31 } },
    });
    const limited = cluster.security?.users.limited.username ?? '';
    await grant(AclResourceTypes.CLUSTER, 'kafka-cluster', limited, AclOperationTypes.IDEMPOTENT_WRITE);
    await expect.poll(() => send('granted'), { timeout: 30_000 }).toMatchObject({ status: 'delivered' });
    expect(adapter.capabilities.idempotent).toBe(true);
    await producer.close();
    expect(await stored(topic)).toEqual(['granted']);
  });
});
