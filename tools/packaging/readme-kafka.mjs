import fs from 'node:fs';

/**
 * Returns the topics that some code names; they have to exist before it runs, as adapters create
 * none.
 *
 * @param {string} code
 */
export const topicsIn = (code) => [
  ...new Set([...code.matchAll(/\btopic: '([\w.-]+)'/g)].map(([, topic]) => String(topic))),
];

/** @param {string} text */
const asksForKafka = (text) => text.includes('KAFKA_BROKERS');

/** One Kafka for all code blocks that read KAFKA_BROKERS. */
export class ReadmeKafka {
  /** @private @type {Promise<import('@holdfast/kafka').KafkaCluster> | undefined} */
  cluster = undefined;
  /** By name; each is created once. @type {Map<string, Promise<void>>} */
  topics = new Map();

  /**
   * Starts Kafka early if one of the pages needs it, as that takes a while.
   *
   * @param {string[]} pages
   */
  startFor(pages) {
    if (!pages.some((page) => asksForKafka(fs.readFileSync(page, 'utf8')))) return;
    this.cluster = import('@holdfast/kafka').then(({ startKafka }) => startKafka({ brokers: 1 }));
    // Each block that needs it reports the error.
    this.cluster.catch(() => undefined);
  }

  /**
   * Returns the environment of a block.
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
  // On a user's own cluster it may exist since the last run.
  const there = cluster.kind === 'external' && (await cluster.describeTopic(topic).catch(() => undefined));
  if (!there) await cluster.createTopic(topic, { partitions: 3 });
}
