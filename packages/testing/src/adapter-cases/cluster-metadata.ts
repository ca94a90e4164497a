import { isError } from '@holdfast/core/stage';
import type { WireReader } from '../wire/wire.js';
import { ask } from './ask.js';

/** A partition as a broker sees it. */
export interface PartitionMetadata {
  readonly partition: number;
  /** Kafka's node id; -1 while there is none. */
  readonly leader: number;
  readonly isr: readonly number[];
}

export interface ClusterMetadata {
  /** `host:port` by Kafka's node id. */
  readonly nodes: ReadonlyMap<number, string>;
  /** A node id. */
  readonly controller: number;
  /** The partitions of the requested topic; empty without one. */
  readonly partitions: readonly PartitionMetadata[];
  /** The error code of that topic: 0 for none, 3 if it does not exist. */
  readonly error: number;
}

// The first version that can request a topic without creating it:
// https://kafka.apache.org/protocol#The_Messages_Metadata
const version = 4;
const key = 3;

/** Requests metadata about the cluster, and about a topic, from one broker. */
export async function metadataOf(broker: string, topic?: string): Promise<ClusterMetadata> {
  const answer = await ask(broker, key, version, (writer) => {
    writer.array(topic === undefined ? [] : [topic], writer.string);
    writer.int8(0); // allow_auto_topic_creation
  });
  answer.int32(); // throttle
  const nodes = new Map(answer.array(() => readNode(answer)));
  answer.string(); // cluster id
  const controller = answer.int32();
  const [found = { error: 0, partitions: [] }] = answer.array(() => readTopic(answer));
  return { nodes, controller, ...found };
}

/** Resolves with the first response of any of these brokers. */
export async function metadataOfAny(brokers: readonly string[], topic?: string): Promise<ClusterMetadata> {
  const errors: string[] = [];
  for (const broker of brokers) {
    try {
      return await metadataOf(broker, topic);
    } catch (error) {
      errors.push(`${broker}: ${isError(error) ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `no broker answers (${errors.join('; ')}); check the addresses, and that they speak without TLS`,
  );
}

function readNode(answer: WireReader): [number, string] {
  const id = answer.int32();
  const address = `${answer.string() ?? ''}:${answer.int32()}`;
  answer.string(); // rack
  return [id, address];
}

function readTopic(answer: WireReader): Pick<ClusterMetadata, 'error' | 'partitions'> {
  const error = answer.int16();
  answer.string();
  answer.int8(); // internal
  const partitions = answer.array(() => {
    answer.int16(); // error
    const partition = answer.int32();
    const leader = answer.int32();
    answer.array(answer.int32); // replicas
    return { partition, leader, isr: answer.array(answer.int32) };
  });
  return { error, partitions };
}
