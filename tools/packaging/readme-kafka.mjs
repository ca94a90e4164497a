/** The topics that some code names; they have to be there before it runs, as adapters make none. @param {string} code */
export const topicsIn = (code) => [
  ...new Set([...code.matchAll(/\btopic: '([\w.-]+)'/g)].map(([, topic]) => String(topic))),
];

/** A Kafka for the code blocks that ask for one through KAFKA_BROKERS; started with the first of them. */
export class ReadmeKafka {
  /** @private @type {Promise<import('@holdfast/kafka').KafkaCluster> | undefined} */
  cluster = undefined;
  /** @private @type {Set<string>} */
  topics = new Set();

  /**
   * What has to be in the environment of a block.
   *
   * @param {string} code
   * @returns {Promise<NodeJS.ProcessEnv>}
   */
  async environmentFor(code) {
    if (!code.includes('KAFKA_BROKERS')) return {};
    this.cluster ??= import('@holdfast/kafka').then(({ startKafka }) => startKafka({ brokers: 1 }));
    const cluster = await this.cluster;
    for (const topic of topicsIn(code).filter((name) => !this.topics.has(name))) {
      this.topics.add(topic);
      await makeTopic(cluster, topic);
    }
    return { KAFKA_BROKERS: cluster.brokers.join(',') };
  }

  async down() {
    await (await this.cluster)?.down();
  }
}

/** @param {import('@holdfast/kafka').KafkaCluster} cluster @param {string} topic */
async function makeTopic(cluster, topic) {
  // On a cluster of the user's own it may be there since the last run.
  const there = cluster.kind === 'external' && (await cluster.describeTopic(topic).catch(() => undefined));
  if (!there) await cluster.createTopic(topic, { partitions: 3 });
}
