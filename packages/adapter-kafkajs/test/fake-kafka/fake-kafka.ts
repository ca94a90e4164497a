import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { StoredRecord } from '@holdfast/testing';
import { answerOf, type Answer } from './requests.js';

/** One partition's part of a produce request. */
export interface Produced {
  readonly producerId: bigint;
  readonly firstSequence: number;
  /** The records' values as text; null for a tombstone. */
  readonly values: readonly (string | null)[];
  /** The same records whole; their offsets are not yet those of the partition. */
  readonly records: readonly StoredRecord[];
  readonly node: number;
  /** Of the request. */
  readonly version: number;
  readonly topic: string;
  readonly partition: number;
}

/** A protocol error code (0 writes), or 'leave out': it is written, and the answer does not say so. */
export type PartitionReaction =
  | number
  | 'leave out'
  | {
      readonly error: number;
      /** Places of the records that it blames: from version 8 on. */
      readonly blamed?: readonly number[];
      /** Who leads the partition: from version 10 on. */
      readonly leader?: number;
    };

/** What a produce request leads to: something for each partition, or the loss of the answer. */
export type Reaction =
  | readonly PartitionReaction[]
  /** The connection ends; nothing is written. */
  | 'lose'
  /** Everything is written, then the connection ends. */
  | 'write and lose'
  /** Everything is written, and nothing is answered. */
  | 'write and hang';

interface Topic {
  /** Node id a partition; -1 for none. */
  leaders: number[];
  error: number;
}

/**
 * Brokers on loopback that speak as much of the protocol as a producer needs, and misbehave on demand, so that kafkajs's own
 * code runs in the tests and each trap can be sprung at will.
 */
export class FakeKafka {
  readonly topics = new Map<string, Topic>();
  /** Values in the order they were written, by `topic/partition`. */
  readonly log = new Map<string, (string | null)[]>();
  /** Every produce request, in the order of arrival. */
  readonly requests: Produced[][] = [];
  /** What the next produce requests lead to, first come first served; then all is well. */
  readonly reactions: ((request: readonly Produced[]) => Reaction)[] = [];
  /** What every produce request beyond `reactions` leads to. */
  refusing: ((request: readonly Produced[]) => Reaction) | undefined;
  /** Answers to InitProducerId; then each gets an id of its own. */
  readonly producerIdErrors: number[] = [];
  /** Kafka 0.11 and later know of InitProducerId. */
  knowsProducerIds = true;
  /** Nodes that have no id to give, however often they are asked. */
  readonly withoutIds = new Set<number>();
  /** Each question for topics, and whether those that are not there shall come to be. */
  readonly metadataQuestions: { readonly topics: readonly string[]; readonly create: boolean }[] = [];
  /** Oldest and newest version of the produce request. */
  produceVersions: readonly [oldest: number, newest: number] = [3, 12];
  /** How long it says that it held back an answer to records, for a quota. */
  throttleMs = 0;
  /** As `auto.create.topics.enable`. */
  createsTopics = false;
  /** Called before one is answered, unless it says otherwise. */
  onMetadata: (() => 'hang' | void) | undefined;
  private readonly servers = new Map<number, Server>();
  private readonly sockets = new Map<Socket, number>();
  private readonly silent = new WeakSet<Socket>();
  readonly ports = new Map<number, number>();
  private lastProducerId = 0;
  /** By `topic/partition/producerId`, the batches that a broker knows again: the last five. */
  private readonly batches = new Map<string, { first: number; next: number; offset: number }[]>();

  static async start(nodes = 1): Promise<FakeKafka> {
    const kafka = new FakeKafka();
    for (let node = 1; node <= nodes; node++) await kafka.open(node);
    return kafka;
  }

  get metadataRequests(): number {
    return this.metadataQuestions.length;
  }

  get brokers(): string[] {
    return [...this.ports.values()].map((port) => `127.0.0.1:${port}`);
  }

  topic(name: string, leaders: number[], error = 0): this {
    this.topics.set(name, { leaders, error });
    return this;
  }

  values(topic: string, partition?: number): (string | null)[] {
    if (partition !== undefined) return this.log.get(`${topic}/${partition}`) ?? [];
    return [...this.log].filter(([name]) => name.startsWith(`${topic}/`)).flatMap(([, values]) => values);
  }

  /** Listens, on the same port as before. */
  async open(node: number): Promise<void> {
    const server = createServer((socket) => this.serve(node, socket));
    server.listen({ port: this.ports.get(node) ?? 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.ports.set(node, address.port);
    this.servers.set(node, server);
  }

  /** From now on it listens on another port; connections to the old one stay until they end. */
  async move(node: number): Promise<void> {
    this.servers.get(node)?.close();
    this.ports.delete(node);
    await this.open(node);
  }

  /** Another node has its address: the connections end, and the port stays. */
  async renumber(node: number, as: number): Promise<void> {
    const port = this.ports.get(node);
    await this.kill(node);
    this.ports.delete(node);
    if (port !== undefined) this.ports.set(as, port);
    await this.open(as);
  }

  /** As kill -9: its connections end, and new ones are refused. */
  async kill(node: number): Promise<void> {
    const server = this.servers.get(node);
    this.servers.delete(node);
    for (const [socket, of] of this.sockets) if (of === node) socket.destroy();
    if (server !== undefined) await new Promise((closed) => server.close(closed));
  }

  async down(): Promise<void> {
    for (const node of [...this.servers.keys()]) await this.kill(node);
  }

  nextProducerId(node: number): number | bigint {
    if (this.withoutIds.has(node)) return 14; // COORDINATOR_LOAD_IN_PROGRESS
    return this.producerIdErrors.shift() ?? BigInt(1_000 + this.lastProducerId++);
  }

  reactTo(request: Produced[]): Reaction {
    this.requests.push(request);
    const react = this.reactions.shift() ?? this.refusing;
    return react?.(request) ?? request.map(() => 0);
  }

  /** Appends as a broker does: what an idempotent producer has sent before is acknowledged, and not written again. */
  append({ topic, partition, values, producerId, firstSequence }: Produced): number | { error: number } {
    const name = `${topic}/${partition}`;
    const log = this.log.get(name) ?? [];
    this.log.set(name, log);
    if (producerId >= 0n) {
      const key = `${name}/${producerId}`;
      const known = this.batches.get(key) ?? [];
      const batch = { first: firstSequence, next: firstSequence + values.length, offset: log.length };
      const before = known.find(({ first, next }) => first === batch.first && next === batch.next);
      if (before !== undefined) return before.offset;
      // One that knows nothing of an id takes any sequence.
      if ((known.at(-1)?.next ?? firstSequence) !== firstSequence) return { error: 45 };
      this.batches.set(key, [...known, batch].slice(-5));
    }
    log.push(...values);
    return log.length - values.length;
  }

  private serve(node: number, socket: Socket): void {
    this.sockets.set(socket, node);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => undefined);
    let data = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      data = Buffer.concat([data, chunk]);
      while (data.length >= 4 && data.length >= 4 + data.readInt32BE()) {
        const size = data.readInt32BE();
        this.answer(socket, answerOf(this, node, data.subarray(4, 4 + size)));
        data = data.subarray(4 + size);
      }
    });
  }

  /** In the order of the requests: behind an answer that does not come, none does. */
  private answer(socket: Socket, answer: Answer): void {
    if (answer === 'none') return;
    if (answer === 'hang') this.silent.add(socket);
    if (answer === 'hang' || this.silent.has(socket)) return;
    if (answer === 'close') return void socket.destroy();
    const size = Buffer.alloc(4);
    size.writeInt32BE(answer.length);
    socket.write(Buffer.concat([size, answer]));
  }
}
