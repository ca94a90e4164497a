/** A broker that does not read its socket, and one whose responses are invalid. */
import { connect as connectSocket, type Socket } from 'node:net';
import type { ProducerRecord } from '@holdfast/core';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePages } from './crc-pages.fixture.js';
import { FakeKafka } from './fake-kafka/fake-kafka.js';
import { harness, until, words, type Harness, type HarnessOptions } from './harness.js';
import { Proxy } from './proxy.js';

const topic = 'orders';
const mebibyte = 1024 * 1024;
/** More than the system buffers for a process that does not read. */
const many = 40;

interface Watched extends Harness {
  readonly proxy: Proxy;
  /** The most that a socket of the adapter ever buffered, bytes. */
  mostWaiting(): number;
  /** Listeners that wait for a socket of the adapter to drain. */
  listeners(): number;
}

async function watched(options: HarnessOptions = {}): Promise<Watched> {
  const kafka = await FakeKafka.start();
  const proxy = await Proxy.before(kafka);
  onTestFinished(() => proxy.close());
  let most = 0;
  const sockets: Socket[] = [];
  const client = new Kafka({
    brokers: kafka.brokers,
    logLevel: logLevel.NOTHING,
    socketFactory: ({ host, port, onConnect }) => {
      const socket: Socket = connectSocket({ host, port }, onConnect);
      sockets.push(socket);
      const write = socket.write.bind(socket);
      Reflect.set(socket, 'write', (...given: Parameters<Socket['write']>) => {
        const more = write(...given);
        most = Math.max(most, socket.writableLength);
        return more;
      });
      return socket;
    },
  });
  const started = await harness({ kafka, client, idempotent: false, ...options });
  kafka.topic(
    topic,
    Array.from({ length: many }, () => 1),
  );
  await started.send([{ topic, value: 'first', partition: 0 }]);
  const listeners = (): number => Math.max(...sockets.map((socket) => socket.listenerCount('drain')));
  return { ...started, proxy, mostWaiting: () => most, listeners };
}

const large = (partition: number): ProducerRecord => ({
  topic,
  value: Buffer.alloc(mebibyte - 100, 'x'),
  partition,
});
const batch = Array.from({ length: many }, (_, partition) => large(partition));

describe('a broker that does not read', () => {
  it('has one request in its socket; the others fail at their deadline, unsent, and sending continues when it reads again', async () => {
    const { kafka, send, env, proxy, mostWaiting, listeners } = await watched({ maxInFlight: 1_000 });
    proxy.pause();
    const outcomes = words(await send(batch, env.clock.now() + 500));
    expect(new Set(outcomes)).toEqual(new Set(['unknown REQUEST_TIMED_OUT', 'failed REQUEST_TIMED_OUT']));
    expect(mostWaiting()).toBeLessThan(2 * mebibyte);
    expect(listeners()).toBe(1);
    proxy.resume();
    expect(words(await send([{ topic, value: 'later', partition: 0 }]))).toEqual(['delivered']);
    const written = kafka.values(topic).filter((value) => value !== 'first' && value !== 'later');
    expect(written).toHaveLength(outcomes.filter((one) => one.startsWith('unknown')).length);
  });

  it('and then hangs up leaves nothing waiting: unsent records go over the next connection', async () => {
    const { kafka, send, proxy, mostWaiting } = await watched({ acks: 0 });
    proxy.pause();
    const sent = send(batch);
    await until(() => mostWaiting() > mebibyte / 2);
    kafka.onMetadata = () => 'hang'; // No metadata request resumes it.
    proxy.resume();
    proxy.hangUp();
    // With acks 0 nothing else can be checked.
    expect(new Set(words(await sent))).toEqual(new Set(['delivered']));
    expect(kafka.values(topic).length).toBeGreaterThan(1);
  });
});

describe('the memory of requests that a broker does not read is given back', () => {
  it.each<[string, (all: Watched) => unknown]>([
    ['it reads again', ({ proxy }: Watched) => proxy.resume()],
    ['it hangs up', ({ proxy }: Watched) => proxy.hangUp()],
    ['the adapter is closed', ({ adapter, env }: Watched) => adapter.disconnect(env.clock.now())],
  ])('when %s', async (_, end) => {
    const all = await watched({ maxInFlight: 1_000 });
    const free = freePages();
    all.proxy.pause();
    const sent = all.send(batch, all.env.clock.now() + 2_000);
    await until(() => all.mostWaiting() > mebibyte / 2);
    expect(freePages()).toBeLessThan(free);
    await end(all);
    all.proxy.resume();
    await sent;
    await until(() => freePages() === free);
  });
});

describe('an invalid response', () => {
  it('to a request that was never sent is ignored: the request times out, and its records are unknown', async () => {
    const { send, proxy } = await watched({ requestTimeoutMs: 200 });
    proxy.onAnswer = (bytes) => {
      const changed = Buffer.from(bytes);
      changed.writeInt32BE(changed.readInt32BE(4) + 1_000, 4);
      return changed;
    };
    expect(words(await send([{ topic, value: 'v', partition: 0 }]))).toEqual(['unknown REQUEST_TIMED_OUT']);
    proxy.onAnswer = (bytes) => bytes;
    let outcome = words(await send([{ topic, value: 'w', partition: 0 }]));
    while (outcome[0] !== 'delivered') outcome = words(await send([{ topic, value: 'w', partition: 0 }]));
  });

  it('that is cut off leaves open what was written, and affects no other request', async () => {
    const { send, proxy } = await watched();
    proxy.onAnswer = (bytes) => {
      const cut = Buffer.from(bytes.subarray(0, 12));
      cut.writeInt32BE(8);
      return cut;
    };
    const [outcome] = await send([{ topic, value: 'v', partition: 0 }]);
    expect(outcome).toMatchObject({ status: 'unknown', error: { code: 'UNCLASSIFIED', retriable: true } });
    proxy.onAnswer = (bytes) => bytes;
    expect(words(await send([{ topic, value: 'w', partition: 0 }]))).toEqual(['delivered']);
  });

  it.each([-1, 0x7fff_ffff])(
    'with a size of %i, ends the connection or times out, and nothing else',
    async (size) => {
      const { send, proxy } = await watched({ requestTimeoutMs: 300 });
      proxy.onAnswer = (bytes) => {
        const changed = Buffer.from(bytes);
        changed.writeInt32BE(size);
        return changed;
      };
      const [outcome] = await send([{ topic, value: 'v', partition: 0 }]);
      expect(outcome).toMatchObject({ status: 'unknown', error: { retriable: true } });
      proxy.onAnswer = (bytes) => bytes;
      let next = words(await send([{ topic, value: 'w', partition: 0 }]));
      while (next[0] !== 'delivered') next = words(await send([{ topic, value: 'w', partition: 0 }]));
    },
  );
});

it('a broker that takes no record batches is recognised, and not tried again and again', async () => {
  const kafka = await FakeKafka.start();
  kafka.produceVersions = [0, 2];
  kafka.topic(topic, [1]);
  const { send } = await harness({ kafka, idempotent: false });
  expect(await send([{ topic, value: 'v' }])).toMatchObject([
    {
      status: 'failed',
      error: { code: 'KAFKA_ERROR', kafka: { name: 'UNSUPPORTED_VERSION' }, retriable: false },
    },
  ]);
});
