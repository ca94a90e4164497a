import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Writer } from './codec.js';
import { call } from './connection.js';

const REQUEST = { api: 'Metadata', key: 3, version: 4, body: Buffer.alloc(0) };

async function brokerThat(answers: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answers(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { host: '127.0.0.1', port: address.port };
}

describe('one request', () => {
  it('assembles a response that comes in pieces', async () => {
    const answer = new Writer()
      .int32(4 + 6)
      .int32(1)
      .string('abcd')
      .bytes();
    const endpoint = await brokerThat((socket) => {
      socket.write(answer.subarray(0, 2));
      setImmediate(() => {
        socket.write(answer.subarray(2, 9));
        setImmediate(() => socket.write(answer.subarray(9)));
      });
    });
    expect((await call(endpoint, REQUEST, 5_000)).string()).toBe('abcd');
  });

  it('rejects, with the request and the address, when the broker hangs up, stays silent or does not exist', async () => {
    const rude = await brokerThat((socket) => socket.destroy());
    await expect(call(rude, REQUEST, 5_000)).rejects.toThrow(
      /Metadata to 127\.0\.0\.1:\d+: .*(closed|ECONNRESET)/,
    );
    const silent = await brokerThat(() => undefined);
    await expect(call(silent, REQUEST, 20)).rejects.toThrow(/no answer after 20 ms/);
    const web = await brokerThat((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expect(call(web, REQUEST, 5_000)).rejects.toThrow(/not a Kafka broker/);
  });
});
