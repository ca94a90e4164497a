import { setTimeout as delay } from 'node:timers/promises';
import { startKafka, type KafkaCluster, type StartOptions } from '@holdfast/kafka';
import type { ClusterNeed } from './cases/bench-case.js';
import { topicBeside } from './cases/topic-beside.js';

/** The mock cluster makes topics of four, and no others. */
const partitionsOf = (need: ClusterNeed): number => (need === 'mock' ? 4 : 6);

const startOptions: Readonly<Record<ClusterNeed, StartOptions>> = {
  // Topics are deleted after each case; their files should not stay for the minute that is the default.
  kafka: { brokers: 1, require: 'real', properties: { 'file.delete.delay.ms': '1000' } },
  mock: { brokers: 1, kind: 'mock' },
  'kafka-one-down': { brokers: 3, require: 'real', properties: { 'file.delete.delay.ms': '1000' } },
};

/** Where a case sends to. */
export interface Target {
  readonly brokers: readonly string[];
  readonly topic: string;
}

/** One cluster at a time, each a process of its own: an idle one takes its share of the machine, too. */
export class Clusters implements AsyncDisposable {
  private running: { readonly need: ClusterNeed; readonly cluster: KafkaCluster } | undefined;
  private topics = 0;

  constructor(private readonly log: (line: string) => void) {}

  /** A topic for one case, with six partitions, on the cluster that it needs. Rejects where that is not to be had. */
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

/** Makes a topic that one broker alone has, and kills that one; the one before it comes back. What is made later is on the others. */
async function killLeaderOf(cluster: KafkaCluster, topic: string): Promise<void> {
  await cluster.startAll();
  await cluster.ready();
  await cluster.createTopic(topic, { replicationFactor: 1 });
  await cluster.kill(await cluster.leader(topic, 0));
  const deadline = performance.now() + fenceTimeoutMs;
  while ((await cluster.leader(topic, 0)) !== -1) {
    if (performance.now() > deadline) throw new Error(`the leader of ${topic} was killed and is still named`);
    await delay(pollMs);
  }
}
