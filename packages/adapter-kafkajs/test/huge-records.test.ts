/**
 * A broker hangs up, without a word, on a request that is larger than its limit, with everything
 * else that is in flight.
 */
import { createDelivery } from '@holdfast/testing';
import type { ProducerRecord } from '@holdfast/core';
import { describe, expect, it, vi } from 'vitest';
import type * as Options from '../src/options.js';
import type { Produced } from './fake-kafka/reaction.js';
import { harness, sendDeliveries, words } from './harness.js';

const topic = 'orders';
const mebibyte = 1024 * 1024;

/** The limit of a request is 4 MiB here: requests of 100 MB take long. */
vi.mock('../src/options.js', async (original) => ({
  ...(await original<typeof Options>()),
  largestRequestBytes: 4 * 1024 * 1024,
}));

const record = (bytes: number, partition = 0): ProducerRecord => ({
  topic,
  value: Buffer.alloc(bytes, 'x'),
  partition,
});

describe.each([true, false])('a record beyond the limit of a request (idempotent: %s)', (idempotent) => {
  it('fails at once, unsent, and its neighbours do not', async () => {
    const { kafka, send } = await harness({ idempotent });
    kafka.topic(topic, [1]);
    const outcomes = await send([record(1), record(5 * mebibyte), record(2)]);
    expect(words(outcomes)).toEqual(['delivered', 'failed RECORD_TOO_LARGE', 'delivered']);
    expect(outcomes[1]).toMatchObject({ error: { retriable: false } });
    expect(kafka.values(topic)).toEqual(['x', 'xx']);
  });

  it('is measured again when it is encoded: too large with its framing, it fails unsent', async () => {
    const { kafka, send } = await harness({ idempotent });
    kafka.topic(topic, [1]);
    await send([record(1)]);
    expect(words(await send([record(4 * mebibyte - 50)]))).toEqual(['failed RECORD_TOO_LARGE']);
    expect(words(await send([record(2)]))).toEqual(['delivered']);
    expect(kafka.requests.flat().map(({ values }) => values.length)).toEqual([1, 1]);
  });

  it('records that are too large together go in smaller requests, in order', async () => {
    const { kafka, send } = await harness({ idempotent, maxRequestBytes: 50 * mebibyte });
    kafka.topic(topic, [1, 1]);
    const batch = Array.from({ length: 12 }, (_, index) => record(mebibyte - index, index % 2));
    expect(words(await send(batch))).toEqual(batch.map(() => 'delivered'));
    const lengths = (partition: number): number[] =>
      kafka.values(topic, partition).map((value) => mebibyte - (value?.length ?? 0));
    expect([lengths(0), lengths(1)]).toEqual([
      [0, 2, 4, 6, 8, 10],
      [1, 3, 5, 7, 9, 11],
    ]);
  });
});

describe('a large record over which the broker hangs up each time', () => {
  const hangUp = (request: readonly Produced[]): 'lose' | number[] =>
    request.some(({ values }) => values.some((value) => (value?.length ?? 0) > mebibyte))
      ? 'lose'
      : request.map(() => 0);

  it('fails the third time in a row, and may have been written; others are delivered', async () => {
    const { kafka, adapter, send } = await harness();
    kafka.topic(topic, [1, 1]).refusing = hangUp;
    await send([record(1)]);
    const large = createDelivery(record(2 * mebibyte));
    const seen: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      seen.push(...words(await sendDeliveries(adapter, [large])));
      while (words(await send([record(1, 1)]))[0] !== 'delivered');
    }
    expect(seen).toEqual(['unknown CONNECTION_LOST', 'unknown CONNECTION_LOST', 'failed RECORD_TOO_LARGE']);
    expect(large.outcome).toMatchObject({ error: { retriable: false, maybeWritten: true } });
    expect(kafka.values(topic, 1)).toHaveLength(3);
  });

  it('may be sent again when a broker answered in between', async () => {
    const { kafka, adapter, send } = await harness();
    kafka.topic(topic, [1, 1]);
    await send([record(1)]);
    const large = createDelivery(record(2 * mebibyte));
    const seen: string[] = [];
    for (const reaction of ['lose', 'lose', [19], 'lose', 'lose', [0]] as const) {
      kafka.reactions.push(() => reaction);
      seen.push(...words(await sendDeliveries(adapter, [large])));
      while (words(await send([record(1, 1)]))[0] !== 'delivered');
    }
    const lost = 'unknown CONNECTION_LOST';
    expect(seen).toEqual([lost, lost, 'failed NOT_ENOUGH_REPLICAS', lost, lost, 'delivered']);
  });

  it('idempotent: it is sent again under its old sequence, which nothing else gets when it is abandoned', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1]).refusing = hangUp;
    await send([record(1)]);
    const [gaveUp, behind] = await Promise.all([send([record(2 * mebibyte)]), send([record(2)])]);
    expect(words([...gaveUp, ...behind])).toEqual(['failed RECORD_TOO_LARGE', 'delivered']);
    const sent = kafka.requests.flat().map(({ producerId, firstSequence }) => [producerId, firstSequence]);
    expect(sent).toEqual([
      [1_000n, 0],
      [1_000n, 1],
      [1_000n, 1],
      [1_000n, 1],
      [1_001n, 0],
    ]);
  });

  it('a small record does not count: it may lose its connection any number of times', async () => {
    const { kafka, adapter, send } = await harness();
    kafka.topic(topic, [1, 1]);
    await send([record(1)]);
    const small = createDelivery(record(1_000));
    for (let turn = 0; turn < 6; turn++) {
      kafka.reactions.push(() => 'lose');
      expect(words(await sendDeliveries(adapter, [small]))).toEqual(['unknown CONNECTION_LOST']);
      while (words(await send([record(1, 1)]))[0] !== 'delivered');
    }
  });
});
