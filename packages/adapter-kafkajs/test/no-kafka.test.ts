import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { systemClock, type Delivery } from '@holdfast/core/stage';
import { createDelivery, testEnv } from '@holdfast/testing';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, onTestFinished } from 'vitest';

/** Listens in the place of a broker, and responds with `answer`, or not at all. */
async function listener(answer?: Buffer | 'end' | 'reset'): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      if (answer === 'end') socket.end();
      else if (answer === 'reset') socket.resetAndDestroy();
      else if (answer !== undefined) socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
}

/** Sends records with these times until their deadlines. Returns them, settled one by one. */
async function sendTo(address: string, ...inMs: number[]): Promise<Delivery[]> {
  const adapter = kafkajsAdapter({ brokers: [address] });
  const env = { ...testEnv(), clock: systemClock };
  adapter.connect(env, new AbortController().signal).catch(() => undefined);
  onTestFinished(() => adapter.disconnect(0));
  const now = systemClock.now();
  const batch = inMs.map((ms) => createDelivery({ topic: 'orders', value: 'v' }, { deadline: now + ms }));
  const settled: Delivery[] = [];
  return new Promise((resolve) =>
    adapter.send(batch, (up) => {
      settled.push(...up);
      if (settled.length === inMs.length) resolve(settled);
    }),
  );
}

describe('something else at the address of a broker', () => {
  it.each([
    ['a negative length', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1])],
    ['an empty frame', Buffer.alloc(4)],
  ])('is no Kafka (%s): the record fails, and nothing is thrown into the event loop', async (_, answer) => {
    const [delivery] = await sendTo(await listener(answer), Infinity);
    expect(delivery?.outcome).toMatchObject({
      status: 'failed',
      error: { code: 'BROKER_UNREACHABLE', retriable: true },
    });
    expect(delivery?.outcome).toMatchObject({
      error: { message: expect.stringContaining('does not speak the Kafka protocol') as string },
    });
  });

  it.each([
    ['end', true, /before TLS was established: if its listener speaks no TLS, leave 'ssl' out/],
    ['reset', true, /before TLS was established: if its listener speaks no TLS, leave 'ssl' out/],
    ['end', false, /without an answer: if its listener speaks TLS, set 'ssl'/],
    ['reset', false, /without an answer: if its listener speaks TLS, set 'ssl'/],
  ] as const)(
    'hangs up (%s), as a listener that speaks TLS does to one who does not, and the other way round (ssl: %s)',
    async (answer, ssl, words) => {
      const adapter = kafkajsAdapter({ brokers: [await listener(answer)], ssl });
      onTestFinished(() => adapter.disconnect(0));
      const env = { ...testEnv(), clock: systemClock };
      const connected = adapter.connect(env, new AbortController().signal);
      await expect(connected).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', retriable: true });
      await expect(connected).rejects.toThrow(words);
    },
  );

  it("has no port, in the user's own instance: the error says so", async () => {
    const kafka = new Kafka({ brokers: ['localhost'], logLevel: logLevel.NOTHING });
    const adapter = kafkajsAdapter(kafka);
    onTestFinished(() => adapter.disconnect(0));
    const connected = adapter.connect({ ...testEnv(), clock: systemClock }, new AbortController().signal);
    await expect(connected).rejects.toThrow(/'brokers' names it without a port; give 'host:port'/);
  });

  it('is silent: each record fails, unsent, at its own delivery deadline', async () => {
    const settled = await sendTo(await listener(), 150, 20, 60);
    const now = systemClock.now();
    expect(settled.map(({ outcome }) => outcome)).toMatchObject(
      Array(3).fill({ status: 'failed', error: { code: 'DELIVERY_TIMEOUT' } }),
    );
    const deadlines = settled.map(({ deadline }) => deadline);
    expect(deadlines).toEqual(deadlines.toSorted((a, b) => a - b));
    expect(Math.max(...deadlines)).toBeLessThanOrEqual(now);
  });
});
