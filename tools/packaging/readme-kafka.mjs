import fs from 'node:fs';

/** The topics that some code names; they have to be there before it runs, as adapters make none. @param {string} code */
export const topicsIn = (code) => [
  ...new Set([...code.matchAll(/\btopic: '([\w.-]+)'/g)].map(([, topic]) => String(topic))),
];

/** @param {string} text */
const asksForKafka = (text) => text.includes('KAFKA_BROKERS');

/** One Kafka for all code blocks that ask for one through KAFKA_BROKERS. */
export class ReadmeKafka {
  /** @private @type {Promise<import('@holdfast/kafka').KafkaCluster> | undefined} */
  cluster = undefined;
  /** By name; each is made once. @private @type {Map<string, Promise<void>>} */
  topics = new Map();

  /** Begins to start it, if one of the pages asks for it: that takes a while. @param {string[]} pages */
  startFor(pages) {
    if (!pages.some((page) => asksForKafka(fs.readFileSync(page, 'utf8')))) return;
    this.cluster = import('@holdfast/kafka').then(({ startKafka }) => startKafka({ brokers: 1 }));
    // Each block that asks for it hears of it.
    this.cluster.catch(() => undefined);
  }

  /**
   * What has to be in the environment of a block.
   *
   * @param {string} code
   * @returns {Promise<NodeJS.ProcessEnv>}
   */
  async environmentFor(code) {
    const cluster = asksForKafka(code) ? await this.cluster : undefined;
    if (!cluster) return {};
    for (const topic of topicsIn(code)) {
      const made = this.topics.get(topic) ?? makeTopic(cluster, topic);
      this.topics.set(topic, made);
      await made;
    }
    return { KAFKA_BROKERS: cluster.brokers.join(',') };
  }

  async down() {
    const cluster = await this.cluster?.catch(() => undefined);
    await cluster?.down();
  }
}

/** @param {import('@holdfast/kafka').KafkaCluster} cluster @param {string} topic */
async function makeTopic(cluster, topic) {
  // On a cluster of the user's own it may be there since the last run.
  const there = cluster.kind === 'external' && (await cluster.describeTopic(topic).catch(() => undefined));
  if (!there) await cluster.createTopic(topic, { partitions: 3 });
}
