import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { FakeBrokers } from './fake-brokers.js';
import type { Answer } from './reaction.js';
import { answerOf } from './requests.js';

/**
 * Brokers on loopback that speak as much of the protocol as a producer needs, and misbehave on
 * demand, so that kafkajs's own code runs in the tests and each trap can be sprung at will.
 */
export class FakeKafka extends FakeBrokers {
  private readonly servers = new Map<number, Server>();
  private readonly sockets = new Map<Socket, number>();
  private readonly silent = new WeakSet<Socket>();
  static async start(nodes = 1): Promise<FakeKafka> {
    const kafka = new FakeKafka();
    for (let node = 1; node <= nodes; node++) await kafka.open(node);
    return kafka;
  }

  /** Listens on the same port as before. */
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

  /** Behaves as after kill -9: its connections end, and new ones are refused. */
  async kill(node: number): Promise<void> {
    const server = this.servers.get(node);
    this.servers.delete(node);
    for (const [socket, of] of this.sockets) if (of === node) socket.destroy();
    if (server !== undefined) await new Promise((closed) => server.close(closed));
  }

  async down(): Promise<void> {
    for (const node of [...this.servers.keys()]) await this.kill(node);
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

  /** Responds in the order of the requests: none comes behind one that does not. */
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
