import { confluentAdapter } from '@holdfast/adapter-confluent';
import { kafkajsAdapter } from '@holdfast/adapter-kafkajs';
import type { Adapter } from '@holdfast/core';
import { onTestFinished } from 'vitest';
import { FakeCluster } from '../../adapter-confluent/test/fake-client.fixture.js';
import { FakeKafka } from '../../adapter-kafkajs/test/fake-kafka/fake-kafka.js';

/**
 * A client with the adapter's own code, over scripted brokers with a topic `orders` of three
 * partitions.
 */
export interface Client {
  readonly adapter: Adapter;
  /** Refuses the next request with NOT_LEADER_OR_FOLLOWER. Its records succeed the next time. */
  readonly refuseOnce: () => void;
}

const partitions = [1, 1, 1];

async function overKafkajs(): Promise<Client> {
  const kafka = (await FakeKafka.start()).topic('orders', partitions);
  onTestFinished(() => kafka.down());
  return {
    // With idempotence, the client would retry after this response by itself.
    adapter: kafkajsAdapter({ brokers: kafka.brokers }, { idempotent: false }),
    refuseOnce: () => kafka.reactions.push((request) => request.map(() => 6)),
  };
}

function overConfluent(): Promise<Client> {
  const cluster = new FakeCluster({ orders: partitions.length });
  let code = 0;
  const reporting = setInterval(() => {
    if (cluster.waiting.length === 0) return;
    cluster.report(code);
    code = 0;
  }, 1);
  onTestFinished(() => clearInterval(reporting));
  return Promise.resolve({
    adapter: confluentAdapter(cluster.producer({ 'bootstrap.servers': 'fake:9092' })),
    refuseOnce: () => (code = 6),
  });
}

export const clients = { kafkajs: overKafkajs, confluent: overConfluent };
