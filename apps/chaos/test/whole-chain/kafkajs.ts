import { kafkajsAdapter } from '@holdfast/adapter-kafkajs';
import type { Adapter } from '@holdfast/core';
import type { StoredRecord } from '@holdfast/testing';
import { FakeBrokers } from '../../../../packages/adapter-kafkajs/test/fake-kafka/fake-brokers.js';
import type { Produced, Reaction } from '../../../../packages/adapter-kafkajs/test/fake-kafka/reaction.js';
import { answerOf } from '../../../../packages/adapter-kafkajs/test/fake-kafka/requests.js';
import type { SimulatedClient } from './client.js';
import type { Fate, SimulatedCluster } from './cluster.js';
import type { ProcessClock } from './process-clock.js';
import { SimulatedSocket, socketError, type Peer } from './socket.js';
import { headersOf, type Stored } from './stored.js';

const produceKey = 0;
const wireMs = 1;
const firstPort = 9_090;
/** Below what a topic takes at once, and above it. */
const maxRequestBytes = 8_192;

export interface KafkajsSettings {
  readonly idempotent: boolean;
  readonly requestTimeoutMs: number;
}

/**
 * The fake brokers of adapter-kafkajs's tests, without sockets of the operating system: kafkajs's
 * own code runs over connections in memory and on the fake clock. The brokers belong to the
 * cluster, so a new process finds what the last one left.
 */
export class Brokers extends FakeBrokers {
  constructor(private readonly cluster: SimulatedCluster) {
    super();
    for (const node of cluster.nodes) this.ports.set(node, firstPort + node);
  }

  /** Returns the response to one request that `node` has read; undefined when it hangs up. */
  respond(node: number, request: Buffer): Buffer | undefined {
    for (const name of this.cluster.topics) this.topic(name, this.cluster.leaders(name));
    const answer = answerOf(this, node, request);
    return typeof answer === 'string' ? undefined : answer;
  }

  override reactTo(request: Produced[]): Reaction {
    return request.map((one) => {
      const part = { ...one, records: one.records.map(storedOf) };
      const { code, written } = this.cluster.judge(one.node, part);
      // Written, and answered with an error all the same.
      if (code !== 0 && written) this.append(one);
      return code;
    });
  }

  override append(produced: Produced): number | { error: number } {
    const { topic, partition, values, records } = produced;
    const before = this.values(topic, partition).length;
    const offset = super.append({ ...produced, values: values.map(() => null) });
    if (this.values(topic, partition).length > before)
      this.cluster.append({ topic, partition, records: records.map(storedOf) });
    return offset;
  }
}

/** kafkajs in one process: its connections to the brokers. */
export class KafkajsClient implements SimulatedClient {
  unread = 0;
  /**
   * Always empty: the adapter holds what is behind a request until it knows the outcome of that
   * request.
   */
  readonly refusedBesideAnother: ReadonlySet<string> = new Set();
  private readonly connections = new Set<Connection>();

  constructor(
    private readonly cluster: SimulatedCluster,
    private readonly brokers: Brokers,
    private readonly clock: ProcessClock,
    private readonly settings: KafkajsSettings,
  ) {
    cluster.onChange(() => this.reset());
  }

  adapter(): Adapter {
    const config = { brokers: this.brokers.brokers, socketFactory: (asked: Asked) => this.connect(asked) };
    return kafkajsAdapter(config, { maxRequestBytes, ...this.settings });
  }

  die(): void {
    // kafkajs has no threads of its own that could die.
  }

  end(): void {
    for (const { socket } of this.connections) socket.destroy();
  }

  private connect({ port, onConnect }: Asked): SimulatedSocket {
    const socket = new SimulatedSocket();
    const node = port - firstPort;
    this.clock.deliver(wireMs, () => {
      if (socket.destroyed) return;
      // The kernel accepts connections on behalf of a paused broker.
      if (this.cluster.state(node) === 'down') return void socket.destroy(socketError('ECONNREFUSED'));
      const connection = new Connection(
        socket,
        node,
        this.cluster,
        this.brokers,
        this.clock,
        () => this.unread++,
      );
      socket.peer = connection;
      this.connections.add(connection);
      onConnect();
    });
    return socket;
  }

  /** A broker that dies takes its connections with it. */
  private reset(): void {
    for (const connection of this.connections) {
      if (connection.socket.destroyed) this.connections.delete(connection);
      else if (this.cluster.state(connection.node) === 'down') connection.break(wireMs);
    }
  }
}

interface Asked {
  readonly port: number;
  readonly onConnect: () => void;
}

/** The broker's end of a connection: reads requests and answers them one after the other. */
class Connection implements Peer {
  private data = Buffer.alloc(0);
  private isBroken = false;
  /** Monotonic time in ms at which the client closed it. */
  private closedAt = Infinity;
  /** Later answers wait until an earlier answer has gone. */
  private answersFrom = 0;

  constructor(
    readonly socket: SimulatedSocket,
    readonly node: number,
    private readonly cluster: SimulatedCluster,
    private readonly brokers: Brokers,
    private readonly clock: ProcessClock,
    private readonly isUnread: () => void,
  ) {}

  wrote(chunk: Buffer): void {
    this.data = Buffer.concat([this.data, chunk]);
    while (this.data.length >= 4 && this.data.length >= 4 + this.data.readInt32BE()) {
      const end = 4 + this.data.readInt32BE();
      const request = this.data.subarray(4, end);
      this.data = this.data.subarray(end);
      this.cluster.clock.after(wireMs, () => this.cluster.arrive(this.node, () => this.read(request)));
    }
  }

  closed(): void {
    this.closedAt = this.clock.now();
  }

  /** Ends the connection in `ms`, as the client sees it. */
  break(ms: number): void {
    this.clock.deliver(ms, () => {
      this.isBroken = true;
      this.socket.destroy(socketError('ECONNRESET'));
    });
  }

  private read(request: Buffer): void {
    const isProduce = request.readInt16BE() === produceKey;
    const fate: Fate = isProduce ? this.cluster.fate() : { answeredInMs: 0 };
    if (fate === 'lost') return this.break(wireMs);
    const answer = this.brokers.respond(this.node, request);
    if (fate === 'answer lost' || answer === undefined) return this.break(wireMs);
    const size = Buffer.alloc(4);
    size.writeInt32BE(answer.length);
    this.push(Buffer.concat([size, answer]), fate.answeredInMs, isProduce);
  }

  private push(bytes: Buffer, ms: number, matters: boolean): void {
    const { socket, clock } = this;
    this.answersFrom = Math.max(this.answersFrom, clock.now() + ms);
    const dueAt = this.answersFrom;
    clock.deliver(dueAt - clock.now(), () => {
      if (!socket.destroyed) socket.push(bytes);
      // It arrived while the process was busy, and then its request timed out before the answer was
      // read.
      else if (matters && !this.isBroken && this.closedAt > dueAt) this.isUnread();
    });
  }
}

const storedOf = ({ key, value, headers }: StoredRecord): Stored => ({
  key,
  value,
  headers: headersOf(headers),
});
