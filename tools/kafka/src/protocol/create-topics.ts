import { Writer, type Reader } from './codec.js';
import { call, type Endpoint, type Request } from './connection.js';

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicError {
  readonly code: number;
  readonly message: string;
}

/** A CreateTopics request of version 4, the last one that is not "flexible". */
export function createTopicsRequest(topic: NewTopic, timeoutMs: number): Request {
  const body = new Writer()
    .array([topic], (item, writer) => {
      writer.string(item.name).int32(item.partitions).int16(item.replicationFactor);
      writer.int32(0); // assignments: the controller's choice
      writer.array(Object.entries(item.config), ([name, value], w) => w.string(name).string(value));
    })
    .int32(timeoutMs)
    .boolean(false); // validate_only
  return { api: 'CreateTopics', key: 19, version: 4, body: body.bytes() };
}

/** Returns the error of the first topic that was refused, or undefined. */
export function readCreateTopics(reader: Reader): TopicError | undefined {
  reader.int32(); // throttle_time_ms
  const topics = reader.array((r) => {
    const name = r.string();
    return { name, code: r.int16(), message: r.nullableString() };
  });
  const refused = topics.find((topic) => topic.code !== 0);
  if (refused === undefined) return undefined;
  return { code: refused.code, message: refused.message ?? `Kafka's error code ${refused.code}` };
}

/** Resolves with undefined when the topic was created. */
export async function sendCreateTopics(
  endpoint: Endpoint,
  topic: NewTopic,
  timeoutMs: number,
): Promise<TopicError | undefined> {
  return readCreateTopics(await call(endpoint, createTopicsRequest(topic, timeoutMs), timeoutMs + 1_000));
}
