import { Writer, type Reader } from './codec.js';
import { call, type Endpoint, type Request } from './connection.js';

/** One partition as a broker sees it. `leader` is -1 while there is none. */
export interface PartitionMetadata {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

export interface TopicMetadata {
  readonly name: string;
  /** Kafka's error code: 0 is none, 3 an unknown topic. */
  readonly error: number;
  readonly partitions: readonly PartitionMetadata[];
}

export interface ClusterMetadata {
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  readonly controller: number;
  readonly topics: readonly TopicMetadata[];
}

/**
 * Returns a Metadata request of version 4, the first that can query a topic without creating it.
 */
export function metadataRequest(topics: readonly string[], allowCreation = false): Request {
  const body = new Writer().array(topics, (topic, writer) => writer.string(topic)).boolean(allowCreation);
  return { api: 'Metadata', key: 3, version: 4, body: body.bytes() };
}

export function readMetadata(reader: Reader): ClusterMetadata {
  reader.int32(); // throttle_time_ms
  const brokers = reader.array((r) => {
    const broker = { id: r.int32(), host: r.string(), port: r.int32() };
    r.nullableString(); // rack
    return broker;
  });
  reader.nullableString(); // cluster_id
  const controller = reader.int32();
  const topics = reader.array(readTopic);
  return { brokers, controller, topics };
}

/** Queries one broker for the brokers that it knows, and for `topics` (none: no topic at all). */
export async function fetchMetadata(
  endpoint: Endpoint,
  topics: readonly string[],
  timeoutMs: number,
): Promise<ClusterMetadata> {
  return readMetadata(await call(endpoint, metadataRequest(topics), timeoutMs));
}

function readTopic(reader: Reader): TopicMetadata {
  const error = reader.int16();
  const name = reader.string();
  reader.boolean(); // is_internal
  const partitions = reader.array((r) => {
    r.int16(); // error_code: a missing leader shows in leader_id already
    const partition = r.int32();
    const leader = r.int32();
    return { partition, leader, replicas: r.array((x) => x.int32()), isr: r.array((x) => x.int32()) };
  });
  return { error, name, partitions: partitions.sort((a, b) => a.partition - b.partition) };
}
