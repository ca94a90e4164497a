import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerStatus, ClusterSecurity, KafkaCluster, TopicOptions } from './cluster.js';
import { grant } from './java/security.js';
import type { Nodes } from './nodes.js';
import { UsageError } from './usage-error.js';
import type { Permission } from './protocol/acls.js';
import { fetchMetadata, type PartitionMetadata } from './protocol/metadata.js';
import { ids, waitUntil } from './wait.js';
import { createTopic, describeTopic } from './topics.js';

const ASK_TIMEOUT_MS = 2_000;
const POLL_MS = 50;

/** A cluster whose brokers are run by some {@link Nodes}. */
export class LiveCluster implements KafkaCluster {
  readonly reason: string;
  readonly security: ClusterSecurity | undefined;
  readonly #nodes: Nodes;
  readonly #startTimeoutMs: number;
  #down: Promise<void> | undefined;

  constructor(nodes: Nodes, reason: string, startTimeoutMs: number, security?: ClusterSecurity) {
    this.#nodes = nodes;
    this.reason = reason;
    this.#startTimeoutMs = startTimeoutMs;
    this.security = security;
  }

  get kind(): Nodes['kind'] {
    return this.#nodes.kind;
  }

  get brokers(): string[] {
    return [...this.#nodes.brokers];
  }

  get size(): number {
    return this.#nodes.size;
  }

  get dataDirectory(): string | undefined {
    return this.#nodes.dataDirectory;
  }

  status(): BrokerStatus[] {
    return ids(this.#nodes).map((id) => this.#nodes.status(id));
  }

  async kill(id: number): Promise<void> {
    await this.#nodes.signal(this.#known(id), 'SIGKILL');
  }

  async stop(id: number): Promise<void> {
    await this.#nodes.signal(this.#known(id), 'SIGTERM');
  }

  async pause(id: number): Promise<void> {
    await this.#nodes.signal(this.#known(id), 'SIGSTOP');
  }

  async resume(id: number): Promise<void> {
    await this.#nodes.signal(this.#known(id), 'SIGCONT');
  }

  async start(id: number, { wait = true }: { readonly wait?: boolean } = {}): Promise<void> {
    if (this.#nodes.status(this.#known(id)).state === 'stopped') await this.#nodes.spawn(id);
    if (wait) await this.#waitFor([id], [id], this.#startTimeoutMs);
  }

  async killAll(): Promise<void> {
    await Promise.all(ids(this.#nodes).map((id) => this.#nodes.signal(id, 'SIGKILL')));
  }

  async startAll({ wait = true }: { readonly wait?: boolean } = {}): Promise<void> {
    await Promise.all(ids(this.#nodes).map((id) => this.start(id, { wait: false })));
    if (wait) await this.ready();
  }

  async ready(timeoutMs: number = this.#startTimeoutMs): Promise<void> {
    await this.#waitFor(ids(this.#nodes), ids(this.#nodes), timeoutMs);
  }

  async createTopic(name: string, options: TopicOptions = {}): Promise<void> {
    await createTopic(this.#nodes, name, options);
  }

  async grant(permissions: readonly Permission[]): Promise<void> {
    if (this.security === undefined) throw new UsageError('grant: start the cluster with secure: true');
    await grant(this.#nodes, permissions);
  }

  async describeTopic(topic: string): Promise<readonly PartitionMetadata[]> {
    return describeTopic(this.#nodes, topic);
  }

  async leader(topic: string, partition: number): Promise<number> {
    const partitions = await this.describeTopic(topic);
    const found = partitions.find((one) => one.partition === partition);
    if (found !== undefined) return found.leader;
    throw new UsageError(`topic ${topic} has no partition ${partition}: it has ${partitions.length}, from 0`);
  }

  down(): Promise<void> {
    this.#down ??= this.#nodes.remove();
    return this.#down;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.down();
  }

  #known(id: number): number {
    if (this.#down !== undefined) throw new UsageError('this cluster is down: start another with startKafka');
    if (Number.isInteger(id) && id >= 1 && id <= this.size) return id;
    throw new UsageError(`no broker ${String(id)}: the ids are 1 to ${this.size}`);
  }

  /** Waits until each of `asked` reports that it knows all of `known`. */
  async #waitFor(asked: readonly number[], known: readonly number[], timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    await Promise.all(asked.map((id) => this.#waitForOne(id, known, deadline)));
  }

  async #waitForOne(id: number, known: readonly number[], deadline: number): Promise<void> {
    const knows = async (): Promise<boolean> => {
      const { state } = this.#nodes.status(id);
      if (state !== 'running') {
        await sleep(POLL_MS); // its last output may still be on the way to the file
        throw new Error(`broker ${id} is ${state} and cannot become ready\n${this.#nodes.lastWords(id)}`);
      }
      const { brokers } = await fetchMetadata(this.#nodes.endpoint(id), [], ASK_TIMEOUT_MS).catch(
        () => NOBODY,
      );
      return (
        brokers.length > 0 &&
        (!this.#nodes.idsAreKafkas || known.every((one) => brokers.some((broker) => broker.id === one)))
      );
    };
    const timedOut = (): Error =>
      new Error(
        `broker ${id} does not answer with brokers ${known.join(', ')}. A broker needs more than half of the ` +
          `${this.size} running to form a quorum.\n${this.#nodes.lastWords(id)}`,
      );
    await waitUntil(knows, deadline, POLL_MS, timedOut);
  }
}

const NOBODY = { brokers: [] as { id: number }[] };
