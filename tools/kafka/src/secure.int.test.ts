import { connect } from 'node:tls';
import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKafka, type ClusterSecurity, type Credentials, type KafkaCluster } from './index.js';
import { splitAddress } from './nodes.js';

describe('a secure cluster', () => {
  let cluster: KafkaCluster;
  let security: ClusterSecurity;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 1, kind: 'java', secure: true });
    if (cluster.security === undefined) throw new Error('the cluster is not secure');
    security = cluster.security;
    await cluster.createTopic('open-topic');
    await cluster.createTopic('forbidden');
  });
  afterAll(async () => {
    await cluster.down();
  });

  async function send(topic: string, user: Credentials, how: { ca?: string; sha?: 256 | 512 } = {}) {
    const { ca = security.ca, sha = 256 } = how;
    const kafka = new Kafka({
      brokers: cluster.brokers,
      logLevel: logLevel.NOTHING,
      ssl: { ca: [ca] },
      sasl: sha === 256 ? { mechanism: 'scram-sha-256', ...user } : { mechanism: 'scram-sha-512', ...user },
      retry: { retries: 0 },
    });
    const producer = kafka.producer();
    try {
      await producer.connect();
      return await producer.send({ topic, acks: -1, messages: [{ value: 'x' }] });
    } finally {
      await producer.disconnect();
    }
  }

  it('accepts users with permissions, with either mechanism', async () => {
    const written = [{ topicName: 'open-topic', errorCode: 0 }];
    await expect(send('open-topic', security.users.allowed)).resolves.toMatchObject(written);
    await expect(send('open-topic', security.users.allowed, { sha: 512 })).resolves.toMatchObject(written);
    await expect(send('forbidden', security.users.admin)).resolves.toMatchObject([{ errorCode: 0 }]);
  });

  it('refuses topics that a user has no permission for', async () => {
    const refused = /Topic authorization failed/;
    await expect(send('forbidden', security.users.allowed)).rejects.toThrow(refused);
    await expect(send('open-topic', security.users.limited)).rejects.toThrow(refused);
  });

  it('refuses a wrong password, and a client that trusts another authority refuses it', async () => {
    const { allowed } = security.users;
    await expect(send('open-topic', { ...allowed, password: 'wrong' })).rejects.toThrow(
      /invalid credentials/,
    );
    await expect(send('open-topic', allowed, { ca: security.otherCa })).rejects.toThrow(/unable to verify/);
  });

  it('accepts nothing but TLS where clients connect, and its certificate names the host', async () => {
    const [first = ''] = cluster.brokers;
    const socket = connect({ ...splitAddress(first), ca: security.ca });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
    await expect(
      new Kafka({ brokers: [first], logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin().connect(),
    ).rejects.toThrow();
  });

  it('is still secure after a restart', async () => {
    await cluster.kill(1);
    await cluster.start(1);
    await expect(send('open-topic', security.users.allowed)).resolves.toMatchObject([{ errorCode: 0 }]);
    await expect(send('forbidden', security.users.allowed)).rejects.toThrow(/Topic authorization failed/);
  });
});
