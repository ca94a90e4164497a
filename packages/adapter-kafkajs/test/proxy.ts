import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { FakeKafka } from './fake-kafka/fake-kafka.js';

/** A proxy in front of one node of a fake Kafka, which from then on advertises its address. */
export class Proxy {
  private readonly pairs = new Set<readonly [client: Socket, broker: Socket]>();
  private reading = true;
  /** Changes the bytes of responses. */
  onAnswer: (bytes: Buffer) => Buffer = (bytes) => bytes;

  private constructor(
    private readonly server: Server,
    private readonly port: number | undefined,
  ) {
    server.on('connection', (client: Socket) => this.serve(client));
  }

  static async before(kafka: FakeKafka, node = 1): Promise<Proxy> {
    const server = createServer();
    server.listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const proxy = new Proxy(server, kafka.ports.get(node));
    const address = server.address();
    if (typeof address === 'object' && address !== null) kafka.ports.set(node, address.port);
    return proxy;
  }

  /** Behaves as a broker whose process stands still: bytes sent to it wait. */
  pause(): void {
    this.reading = false;
    for (const [client] of this.pairs) client.pause();
  }

  resume(): void {
    this.reading = true;
    for (const [client] of this.pairs) client.resume();
  }

  hangUp(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((closed) => this.server.close(closed));
  }

  private serve(client: Socket): void {
    const broker = connect({ port: this.port ?? 0, host: '127.0.0.1' });
    const pair = [client, broker] as const;
    this.pairs.add(pair);
    client.on('data', (bytes) => broker.write(bytes));
    broker.on('data', (bytes) => client.write(this.onAnswer(bytes)));
    const end = (): void => {
      this.pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('close', end).on('error', end);
    if (!this.reading) client.pause();
  }
}
