/** A codec is third-party code: its failures must not affect the records of other batches. */
import kafkajs from 'kafkajs';
import type { ProducerRecord } from '@holdfast/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { harness, until, words } from './harness.js';

const topic = 'orders';
const toPartitions = (...partitions: number[]): ProducerRecord[] =>
  partitions.map((partition) => ({ topic, value: `p${partition}`, partition }));

interface Encoder {
  readonly buffer: Buffer;
}
type Compress = (records: Buffer, byKafkajs: () => unknown) => unknown;

/** Stands in for kafkajs's gzip until the test ends. */
function gzipIs(compress: Compress): void {
  const make: unknown = Reflect.get(kafkajs.CompressionCodecs, 1);
  if (typeof make !== 'function') throw new Error('kafkajs has no gzip');
  const own: unknown = Reflect.apply(make, undefined, []);
  const compressOwn: unknown = Reflect.get(Object(own), 'compress');
  if (typeof compressOwn !== 'function') throw new Error('kafkajs has no gzip');
  const codec = {
    compress: (encoder: Encoder): unknown =>
      compress(encoder.buffer, (): unknown => Reflect.apply(compressOwn, own, [encoder])),
  };
  Reflect.set(kafkajs.CompressionCodecs, 1, () => codec);
  onTestFinished(() => void Reflect.set(kafkajs.CompressionCodecs, 1, make));
}

/** For the records of partition 1 alone. */
const forOne =
  (answer: () => unknown): Compress =>
  (records, byKafkajs) =>
    records.includes('p1') ? answer() : byKafkajs();

describe.each([true, false])('a codec (idempotent: %s)', (idempotent) => {
  const start = (more = {}): ReturnType<typeof harness> =>
    harness({ idempotent, compression: 'gzip', ...more });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no memory');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no memory'))],
    ['returns undefined', () => undefined],
    ['returns a string', () => 'small'],
    ['returns no bytes', () => Buffer.alloc(0)],
  ])('that %s fails the records it was given, and their neighbours are delivered', async (_, answer) => {
    gzipIs(forOne(answer));
    const { kafka, send } = await start();
    kafka.topic(topic, [1, 1, 1]);
    const outcomes = await send(toPartitions(0, 1, 2));
    expect(words(outcomes)).toEqual(['delivered', 'failed SERIALIZER_FAILED', 'delivered']);
    expect(kafka.values(topic).sort()).toEqual(['p0', 'p2']);
    expect(words(await send(toPartitions(0, 2)))).toEqual(['delivered', 'delivered']);
  });

  it('that recovers is used again, in order', async () => {
    let broken = true;
    gzipIs((_, byKafkajs) => {
      if (broken) throw new Error('no memory');
      return byKafkajs();
    });
    const { kafka, send } = await start();
    kafka.topic(topic, [1]);
    expect(words(await send(toPartitions(0)))).toEqual(['failed SERIALIZER_FAILED']);
    broken = false;
    expect(words(await send(toPartitions(0, 0)))).toEqual(['delivered', 'delivered']);
    expect(kafka.values(topic)).toEqual(['p0', 'p0']);
  });

  it('that never finishes costs its own records alone, and no connection', async () => {
    gzipIs(forOne(() => new Promise(() => undefined)));
    const { kafka, send, adapter } = await start({ requestTimeoutMs: 1_000 });
    kafka.topic(topic, [1, 1, 1]);
    const outcomes = await send(toPartitions(0, 1, 2));
    expect(words(outcomes)).toEqual(['delivered', 'failed SERIALIZER_FAILED', 'delivered']);
    expect(outcomes[1]).toMatchObject({ error: { retriable: true } });
    expect(adapter.stats?.()).toMatchObject({ reconnects: 0, connections: 1 });
  });

  it('that is slower than the delivery deadline leaves the outcome open, and blocks nothing behind', async () => {
    let answer: (() => void) | undefined;
    gzipIs((records, byKafkajs) =>
      records.includes('p1') ? new Promise((resolve) => (answer = () => resolve(byKafkajs()))) : byKafkajs(),
    );
    const { kafka, send, env } = await start();
    kafka.topic(topic, [1, 1]);
    await send(toPartitions(0));
    const slow = send(toPartitions(1), env.clock.now() + 30);
    await until(() => answer !== undefined);
    expect(words(await send(toPartitions(0)))).toEqual(['delivered']);
    expect(words(await slow)).toEqual(['unknown REQUEST_TIMED_OUT']);
    answer?.();
    await until(() => kafka.values(topic, 1).length === 1); // As its outcome said: it may still be written.
  });
});
