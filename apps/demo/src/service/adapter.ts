import type { Adapter, ConsumedRecord } from '@holdfast/core';
import { kafkajsAccess, librdkafkaAccess, type Access } from '../access.js';
import type { Client } from '../names.js';

const clientId = 'demo-holdfast';

// Loaded on demand: the demo over kafkajs runs where the confluent client has no binding.
const kafkajs = () => Promise.all([import('@holdfast/adapter-kafkajs'), import('kafkajs')]);
const confluent = () => import('@holdfast/adapter-confluent');

export interface AdapterSettings {
  readonly access: Access;
  readonly requestTimeoutMs: number | undefined;
}

/** Holdfast's adapter over the client that the plain chain uses. */
export async function adapterOver(client: Client, settings: AdapterSettings): Promise<Adapter> {
  const { access, requestTimeoutMs } = settings;
  if (client === 'kafkajs') {
    const [{ kafkajsAdapter }, { Kafka, logLevel }] = await kafkajs();
    return kafkajsAdapter(
      new Kafka({
        ...kafkajsAccess(access),
        clientId,
        logLevel: logLevel.NOTHING,
        ...(requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs }),
      }),
    );
  }
  const { confluentAdapter } = await confluent();
  return confluentAdapter({
    ...librdkafkaAccess(access),
    'client.id': clientId,
    ...(requestTimeoutMs === undefined ? {} : { 'socket.timeout.ms': requestTimeoutMs }),
  });
}

/** Reads a whole topic, through the same client. */
export async function recordsOf(
  client: Client,
  access: Access,
  topic: string,
): Promise<AsyncIterable<ConsumedRecord>> {
  if (client === 'kafkajs') {
    const [{ readTopic }] = await kafkajs();
    return readTopic(kafkajsAccess(access), topic);
  }
  const { readTopic } = await confluent();
  return readTopic(librdkafkaAccess(access), topic);
}
