import { setTimeout as delay } from 'node:timers/promises';
import { startKafka, type KafkaCluster, type StartOptions } from '@holdfast/kafka';
import type { ClusterNeed } from './cases/bench-case.js';
import { topicBeside } from './cases/topic-beside.js';

/** The mock cluster always creates topics of four. */
const partitionsOf = (need: ClusterNeed): number => (need === 'mock' ? 4 : 6);

const startOptions: Readonly<Record<ClusterNeed, StartOptions>> = {
  // Topics are deleted after each case; their files should not stay for the default of a minute.
  kafka: { brokers: 1, require: 'real', properties: { 'file.delete.delay.ms': '1000' } },
  mock: { brokers: 1, kind: 'mock' },
  'kafka-one-down': { brokers: 3, require: 'real', properties: { 'file.delete.delay.ms': '1000' } },
};

/** Where a case sends to. */
export interface Target {
  readonly brokers: readonly string[];
  readonly topic: string;
}

/**
 * One cluster at a time, each in its own processes: an idle one takes its share of the machine too.
 */
export class Clusters implements AsyncDisposable {
  private running: { readonly need: ClusterNeed; readonly cluster: KafkaCluster } | undefined;
  private topics = 0;

  constructor(private readonly log: (line: string) => void) {}

  /**
   * Creates a topic for one case, with six partitions, on the cluster that it needs. Rejects where
   * there is no such cluster.
   */
  async target(need: ClusterNeed): Promise<Target> {
    const cluster = await this.cluster(need);
    const topic = `bench-${process.pid}-${++this.topics}`;
    if (need === 'kafka-one-down') await killLeaderOf(cluster, topicBeside(topic, 'down'));
    const replicationFactor = 1; // as on the cluster of one broker
    await cluster.createTopic(topic, { partitions: partitionsOf(need), replicationFactor });
    if (need === 'kafka-one-down') await cluster.createTopic(topicBeside(topic, 'up'), { replicationFactor });
    return { brokers: cluster.brokers, topic };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.cluster.down();
  }

  private async cluster(need: ClusterNeed): Promise<KafkaCluster> {
    if (this.running?.need === need) return this.running.cluster;
    await this[Symbol.asyncDispose]();
    const cluster = await startKafka({ ...startOptions[need], log: this.log });
    this.running = { need, cluster };
    return cluster;
  }
}

const fenceTimeoutMs = 30_000;
const pollMs = 100;

/**
 * Creates a topic on one broker alone, and kills that broker; the one killed before comes back.
 * Topics created later are on the others.
 */
async function killLeaderOf(cluster: KafkaCluster, topic: string): Promise<void> {
  await cluster.startAll();
  await cluster.ready();
  await cluster.createTopic(topic, { replicationFactor: 1 });
  await cluster.kill(await cluster.leader(topic, 0));
  const deadline = performance.now() + fenceTimeoutMs;
  while ((await cluster.leader(topic, 0)) !== -1) {
    if (performance.now() > deadline)
      throw new Error(`the leader of ${topic} was killed, but the brokers still report it as leader`);
    await delay(pollMs);
  }
}
