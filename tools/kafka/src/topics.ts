import type { TopicOptions } from './cluster.js';
import type { Nodes } from './nodes.js';
import { UsageError } from './usage-error.js';
import type { Endpoint } from './protocol/connection.js';
import { sendCreateTopics, type NewTopic } from './protocol/create-topics.js';
import { fetchMetadata, type PartitionMetadata } from './protocol/metadata.js';
import { ids, waitUntil } from './wait.js';

const ASK_TIMEOUT_MS = 2_000;
const CREATE_TIMEOUT_MS = 30_000;
const POLL_MS = 25;

const UNKNOWN_TOPIC = 3;
const TOPIC_ALREADY_EXISTS = 36;
/**
 * Temporary errors: timed out (7), not the controller (41), and too few brokers (38) while one
 * registers again.
 */
const TRANSIENT: readonly number[] = [7, 38, 41];

/** Creates the topic and waits until every running broker knows a leader of each partition. */
export async function createTopic(nodes: Nodes, name: string, options: TopicOptions): Promise<void> {
  const most = nodes.kind === 'external' ? Infinity : nodes.size; // a list need not name every broker
  const topic = newTopic(nodes.size, name, options, most);
  if (nodes.createTopic !== undefined) return nodes.createTopic(topic);
  const deadline = performance.now() + CREATE_TIMEOUT_MS;
  let problem = 'no broker answered';
  let sent = false;
  await waitUntil(
    async () => {
      const refused = await ask(nodes, (endpoint) => sendCreateTopics(endpoint, topic, ASK_TIMEOUT_MS)).catch(
        (error: unknown) => ({ code: -1, message: String(error) }),
      );
      const again = sent;
      sent = true;
      if (refused === undefined || (again && refused.code === TOPIC_ALREADY_EXISTS)) return true;
      problem = refused.message;
      if (refused.code !== -1 && !TRANSIENT.includes(refused.code)) throw cannot(name, problem);
      return false;
    },
    deadline,
    POLL_MS * 4,
    () => cannot(name, problem),
  );
  await Promise.all(running(nodes).map((id) => waitForLeaders(nodes, id, topic, deadline)));
}

/** Rejects when no broker answers, or the topic does not exist. */
export async function describeTopic(nodes: Nodes, name: string): Promise<readonly PartitionMetadata[]> {
  const { topics } = await ask(nodes, (endpoint) => fetchMetadata(endpoint, [name], ASK_TIMEOUT_MS));
  const topic = topics[0];
  if (topic === undefined || topic.error === UNKNOWN_TOPIC) throw new UsageError(`no topic ${name}`);
  return topic.partitions;
}

/** Fills in the defaults of {@link TopicOptions}. */
export function newTopic(brokers: number, name: string, options: TopicOptions, most = brokers): NewTopic {
  const { partitions = 1, replicationFactor = brokers, config = {} } = options;
  const problems = Object.entries({ partitions, replicationFactor })
    .filter(([, value]) => !Number.isInteger(value) || value < 1)
    .map(([key, value]) => `${key}: a whole number from 1, not ${String(value)}`);
  if (replicationFactor > most) {
    problems.push(`replicationFactor: ${replicationFactor} needs as many brokers; there are ${most}`);
  }
  if (problems.length > 0) throw new UsageError(`createTopic ${name}: ${problems.join('; ')}`);
  const minimum = String(Math.min(2, replicationFactor));
  return { name, partitions, replicationFactor, config: { 'min.insync.replicas': minimum, ...config } };
}

async function waitForLeaders(nodes: Nodes, id: number, topic: NewTopic, deadline: number): Promise<void> {
  const led = async (): Promise<boolean> => {
    if (nodes.status(id).state !== 'running') return true;
    const answer = await fetchMetadata(nodes.endpoint(id), [topic.name], ASK_TIMEOUT_MS).catch(
      () => undefined,
    );
    const partitions = answer?.topics[0]?.partitions ?? [];
    return partitions.length === topic.partitions && partitions.every(({ leader }) => leader >= 0);
  };
  const late = (): Error => new Error(`broker ${id} knows no leader for all partitions of ${topic.name} yet`);
  await waitUntil(led, deadline, POLL_MS, late);
}

/** Queries the running brokers one after the other until one answers. */
async function ask<T>(nodes: Nodes, question: (endpoint: Endpoint) => Promise<T>): Promise<T> {
  const errors: unknown[] = [];
  for (const id of running(nodes)) {
    try {
      return await question(nodes.endpoint(id));
    } catch (error) {
      errors.push(error);
    }
  }
  throw new AggregateError(errors, `no broker of ${nodes.brokers.join(', ')} answers: ${errors.join('; ')}`);
}

function running(nodes: Nodes): number[] {
  return ids(nodes).filter((id) => nodes.status(id).state === 'running');
}

function cannot(name: string, problem: string): Error {
  return new Error(`could not create the topic ${name}: ${problem}`);
}
