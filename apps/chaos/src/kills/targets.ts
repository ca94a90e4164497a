import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startKafka, type KafkaCluster } from '@holdfast/kafka';
import { readTopic, type FoundRecord, type ReadRecord } from '@holdfast/testing';
import { UsageError } from '@holdfast/kafka/command-line';
import { readFileTopic } from '../verdict/read-file-topic.js';
import { breakable, breakableFile, type Breakable } from './broker-troubles.js';

const partitions = 4;

/** Where the victims of a round send to, and how the topic is read back. */
export interface Target {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly breakable: Breakable;
  /** Resolves when all brokers are healthy. */
  ready(): Promise<void>;
  /** By partition and offset. */
  read(): Promise<Iterable<FoundRecord>>;
}

/** Creates a topic for one round on a real cluster. */
export async function kafkaTarget(cluster: KafkaCluster, topic: string): Promise<Target> {
  await cluster.createTopic(topic, { partitions });
  return {
    brokers: cluster.brokers,
    topic,
    breakable: breakable(cluster),
    ready: () => cluster.ready(),
    read: () => foundIn(cluster, topic),
  };
}

export async function fileTarget(directory: string, topic: string): Promise<Target> {
  const path = join(directory, 'topic');
  await writeFile(path, '');
  return {
    brokers: [path],
    topic,
    breakable: breakableFile(path),
    ready: () => Promise.resolve(),
    read: () => readFileTopic(path, topic),
  };
}

/** Starts real brokers when the first round needs them. It may only kill brokers of its own. */
export async function startBrokers(brokers: 1 | 3, say: (line: string) => void): Promise<KafkaCluster> {
  return startKafka({ brokers, require: 'real', log: say });
}

/** Returns every record of a topic. */
export async function foundIn({ brokers }: KafkaCluster, topic: string): Promise<FoundRecord[]> {
  return (await readTopic(brokers, topic)).map((record) => foundOf(topic, record));
}

export function refuseForeignBrokers(): void {
  if ((process.env['KAFKA_BROKERS'] ?? '') === '') return;
  throw new UsageError(
    'KAFKA_BROKERS names a cluster of your own, and this kills brokers: unset it, and it starts its own',
  );
}

function foundOf(topic: string, { partition, offset, key, value, headers }: ReadRecord): FoundRecord {
  const texts = headers.map(([name, text]) => [name, text ?? Buffer.alloc(0)] as const);
  return { topic, partition, offset, key, value, headers: Object.fromEntries(texts) };
}
