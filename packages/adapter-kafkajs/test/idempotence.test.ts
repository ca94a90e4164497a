/**
 * kafkajs's idempotent producer takes back the sequence number of a request that had no response,
 * and gives it to the next one, which the broker acknowledges as a repetition, unwritten. After a
 * failed InitProducerId it sends without an id.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { checkSeeds, seededRandom, statOf } from '@holdfast/testing';
import type { Outcome, ProducerRecord } from '@holdfast/core';
import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeKafka } from './fake-kafka/fake-kafka.js';
import type { Reaction } from './fake-kafka/reaction.js';
import { harness, until, words } from './harness.js';

const topic = 'orders';
const record = (value: string, partition = 0): ProducerRecord => ({ topic, value, partition });

describe("kafkajs's own idempotent producer, the reason for this one", () => {
  it('acknowledges a record that was not written, and writes another twice', async () => {
    const kafka = await FakeKafka.start();
    kafka.topic(topic, [1]);
    const producer = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).producer({
      idempotent: true,
      retry: { initialRetryTime: 1, retries: 10 },
      createPartitioner: () => () => 0,
    });
    onTestFinished(async () => {
      await producer.disconnect();
      await kafka.down();
    });
    await producer.connect();
    const send = (value: string): Promise<unknown> => producer.send({ topic, messages: [{ value }] });
    await send('a');
    kafka.reactions.push(() => 'write and lose');
    await Promise.all([send('b'), send('c')]);
    const written = kafka.values(topic);
    expect(written).toHaveLength(3);
    expect(new Set(written).size).toBe(2); // a, and b or c, that one twice
  });
});

describe('an idempotent producer', () => {
  it('never sends without a producer id: when it gets none, records fail, and the next ones request it again', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1]).producerIdErrors.push(31);
    expect(words(await send([record('a')]))).toEqual(['failed AUTHORIZATION_FAILED']);
    expect(kafka.requests).toEqual([]);
    kafka.producerIdErrors.push(14, 15); // The cluster is not ready yet.
    expect(words(await send([record('b')]))).toEqual(['delivered']);
    expect(kafka.requests).toMatchObject([[{ producerId: 1_000n, firstSequence: 0 }]]);
  });

  it('requests a producer id from the next broker when one has none to give', async () => {
    const { kafka, send } = await harness({ idempotent: true, nodes: 3 });
    kafka.topic(topic, [1, 2, 3]).withoutIds.add(1).add(2);
    expect(words(await send([record('a')]))).toEqual(['delivered']);
    kafka.withoutIds.clear();
    kafka.withoutIds.add(3).add(2);
    kafka.reactions.push(() => [59]); // UNKNOWN_PRODUCER_ID: a new one is needed
    expect(words(await send([record('b')]))).toEqual(['failed KAFKA_ERROR']);
    expect(words(await send([record('b')]))).toEqual(['delivered']);
  });

  it.each(['write and lose', 'lose'] as const)(
    '%s: the same records go again under the same sequence, before others',
    async (loss) => {
      const { kafka, send } = await harness({ idempotent: true });
      kafka.topic(topic, [1]);
      await send([record('a')]);
      kafka.reactions.push(() => loss);
      const outcomes = await Promise.all([send([record('b')]), send([record('c')]), send([record('d')])]);
      expect(words(outcomes.flat())).toEqual(['delivered', 'delivered', 'delivered']);
      expect(outcomes.flat().map((outcome) => 'offset' in outcome && outcome.offset)).toEqual([1, 2, 3]);
      expect(kafka.values(topic)).toEqual(['a', 'b', 'c', 'd']);
    },
  );

  it('has several requests for a partition in flight, and several partitions in each', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1, 1]);
    await send([record('first', 0), record('first', 1)]);
    kafka.reactions.push(() => 'write and hang');
    const values = ['a', 'b', 'c', 'd', 'e', 'f'];
    void Promise.all(values.map((value) => send([record(value, 0), record(value, 1)])));
    await until(() => kafka.requests.length === 6);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(kafka.requests.map((parts) => parts.map(({ firstSequence }) => firstSequence))).toEqual(
      [0, 1, 2, 3, 4, 5].map((sequence) => [sequence, sequence]),
    );
    expect(kafka.values(topic, 0)).toEqual(['first', 'a', 'b', 'c', 'd', 'e']);
  });

  it.each([1, 3])('has no more of them in flight than maxInFlight: %s', async (maxInFlight) => {
    const { kafka, send } = await harness({ idempotent: true, maxInFlight });
    kafka.topic(topic, [1]);
    await send([record('first')]);
    kafka.reactions.push(() => 'write and hang');
    void Promise.all(['a', 'b', 'c', 'd', 'e'].map((value) => send([record(value)])));
    await until(() => kafka.requests.length === 1 + maxInFlight);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(kafka.requests).toHaveLength(1 + maxInFlight);
  });

  it('sends the first of a partition alone: a broker that does not know the id takes any sequence', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1]).reactions.push(() => [6]); // It is not ready to lead yet.
    const outcomes = await Promise.all(['a', 'b', 'c'].map((value) => send([record(value)])));
    expect(words(outcomes.flat())).toEqual(['delivered', 'delivered', 'delivered']);
    expect(kafka.values(topic)).toEqual(['a', 'b', 'c']);
    expect(kafka.requests.flat().map(({ firstSequence }) => firstSequence)).toEqual([0, 0, 1, 2]);
  });

  it('sends everything that was in flight over a lost connection again, in order, under the same sequences', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1]);
    await send([record('first')]);
    kafka.reactions.push(
      () => [0],
      () => 'write and lose',
    );
    const values = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const outcomes = await Promise.all(values.map((value) => send([record(value)])));
    expect(words(outcomes.flat())).toEqual(values.map(() => 'delivered'));
    expect(kafka.values(topic)).toEqual(['first', ...values]);
    expect(new Set(kafka.requests.flat().map(({ producerId }) => producerId)).size).toBe(1);
  });

  it('fails the batches behind a refused one with it, as certainly not written, and keeps its id', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1]);
    await send([record('first')]);
    kafka.reactions.push(() => [19]);
    const outcomes = await Promise.all(['a', 'b', 'c'].map((value) => send([record(value)])));
    expect(words(outcomes.flat())).toEqual(Array(3).fill('failed NOT_ENOUGH_REPLICAS'));
    expect(outcomes).toMatchObject(Array(3).fill([{ error: { retriable: true } }]));
    expect(words(await send([record('d')]))).toEqual(['delivered']);
    expect(kafka.values(topic)).toEqual(['first', 'd']);
    expect(kafka.requests.at(-1)).toMatchObject([{ producerId: 1_000n, firstSequence: 1 }]);
  });

  it('sends the batches behind one that failed for good, and none of them fails', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1]);
    await send([record('first')]);
    kafka.reactions.push(() => [87]); // INVALID_RECORD
    const outcomes = await Promise.all(['a', 'b', 'c'].map((value) => send([record(value)])));
    expect(words(outcomes.flat())).toEqual(['failed KAFKA_ERROR', 'delivered', 'delivered']);
    expect(kafka.values(topic)).toEqual(['first', 'b', 'c']);
  });

  it('ends at the deadline with unknown, resolves the batches behind, and continues under a new id', async () => {
    const { kafka, send, env } = await harness({ idempotent: true });
    kafka.topic(topic, [1]);
    await send([record('a')]);
    kafka.reactions.push(() => 'write and lose');
    const [gaveUp, next] = await Promise.all([
      send([record('b')], env.clock.now() + 50),
      send([record('c')]),
    ]);
    expect(words([...gaveUp, ...next])).toEqual(['unknown CONNECTION_LOST', 'delivered']);
    expect(kafka.requests.at(-1)).toMatchObject([{ producerId: 1_000n, firstSequence: 2 }]);
    await send([record('d')]);
    expect(kafka.requests.at(-1)).toMatchObject([{ producerId: 1_001n, firstSequence: 0 }]);
    expect(kafka.values(topic)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('recognises a broker that has lost track: certainly not written, and retriable under a new id', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1]).reactions.push((request) => request.map(() => 45));
    expect(await send([record('a')])).toMatchObject([
      { status: 'failed', error: { kafka: { name: 'OUT_OF_ORDER_SEQUENCE_NUMBER' }, retriable: true } },
    ]);
    expect(words(await send([record('a')]))).toEqual(['delivered']);
    expect(kafka.requests.map(([first]) => first?.producerId)).toEqual([1_000n, 1_001n]);
  });

  it('keeps its sequence when a record was certainly not written', async () => {
    const { kafka, send } = await harness({ idempotent: true });
    kafka.topic(topic, [1]).reactions.push((request) => request.map(() => 19));
    expect(words(await send([record('a')]))).toEqual(['failed NOT_ENOUGH_REPLICAS']);
    expect(words(await send([record('b')]))).toEqual(['delivered']);
    expect(kafka.requests.flat().map(({ firstSequence }) => firstSequence)).toEqual([0, 0]);
  });

  it('refuses acks that would make it pointless', async () => {
    await expect(harness({ idempotent: true, acks: 1 })).rejects.toThrow(/'idempotent' needs acks -1/);
  });
});

describe.each([true, false])('whatever the brokers do (idempotent: %s)', (idempotent) => {
  it('an acknowledged record is at its offset, and only an unknown one is there twice', async () => {
    const check = async (seed: number): Promise<void> => {
      const random = seededRandom(seed);
      const { kafka, send } = await harness({ idempotent, nodes: 2 });
      kafka.topic(topic, [1, 2, 1]);
      const mischief: Reaction[] = ['lose', 'write and lose', [6, 6, 6], [7, 0, 19], [0, 19, 0], [0, 0, 56]];
      const react = (): Reaction | undefined =>
        random() < 0.3 ? mischief[Math.floor(random() * mischief.length)] : undefined;
      kafka.reactions.push(
        ...Array.from(
          { length: 2_000 },
          () => (request: readonly unknown[]) => react() ?? request.map(() => 0),
        ),
      );
      const wasUnknown = new Set<string>();
      const deliver = async (value: string, partition: number): Promise<void> => {
        for (;;) {
          const [outcome] = await send([record(value, partition)]);
          if (outcome?.status === 'unknown') wasUnknown.add(value);
          if (outcome?.status === 'delivered') return expectStored(value, outcome);
        }
      };
      const expectStored = (value: string, outcome: Outcome): void => {
        if (outcome.status !== 'delivered') return;
        expect(kafka.values(topic, outcome.partition)[outcome.offset]).toBe(value);
      };
      await Promise.all(Array.from({ length: 150 }, (_, index) => deliver(`v${index}`, index % 3)));
      const written = kafka.values(topic).map(String);
      const twice = written.filter((value, index) => written.indexOf(value) !== index);
      expect(twice.filter((value) => !wasUnknown.has(value))).toEqual([]);
      if (idempotent) expect(twice).toEqual([]);
    };
    await checkSeeds(check, { runs: 1 });
  });
});

it('fails the records behind a request without a response while its broker cannot be reached, and delivers that one', async () => {
  const { kafka, adapter, send } = await harness({ idempotent: true });
  kafka.topic('orders', [1]);
  await send([{ topic: 'orders', value: 'first' }]);
  kafka.reactions.push(() => {
    void kafka.kill(1);
    return 'write and lose';
  });
  const open = send([{ topic: 'orders', value: 'open' }]);
  await until(() => statOf(adapter, 'connections') === 0);
  expect(words(await send([{ topic: 'orders', value: 'behind' }]))).toEqual(['failed BROKER_UNREACHABLE']);
  await kafka.open(1);
  expect(words(await open)).toEqual(['delivered']);
  expect(kafka.values('orders')).toEqual(['first', 'open']);
});
