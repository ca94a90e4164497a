/** A cluster that gives no producer id: because of an ACL, or of a version without them. */
import type { ProducerRecord } from '@holdfast/core';
import { statOf } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { FakeKafka } from './fake-kafka/fake-kafka.js';
import { harness, until, words, type Harness } from './harness.js';

const topic = 'orders';
const record = (value: string, partition = 0): ProducerRecord => ({ topic, value, partition });
const notAuthorized = 31;

const refusals: readonly (readonly [string, RegExp, (kafka: FakeKafka) => void])[] = [
  ['an ACL', /CLUSTER_AUTHORIZATION_FAILED/, (kafka) => kafka.producerIdErrors.push(notAuthorized)],
  ['a version of the request', /UNSUPPORTED_VERSION/, (kafka) => kafka.producerIdErrors.push(35)],
  [
    'brokers that do not know the request',
    /UNSUPPORTED_VERSION/,
    (kafka) => (kafka.knowsProducerIds = false),
  ],
];

const warnings = ({ env }: Harness): string[] =>
  env.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

const ids = ({ kafka }: Harness): bigint[] => kafka.requests.flat().map(({ producerId }) => producerId);

const isIdempotent = ({ adapter }: Harness): unknown[] => [
  adapter.capabilities.idempotent,
  statOf(adapter, 'idempotent'),
];

describe.each(refusals)('producer ids are refused by %s', (_, why, refuse) => {
  it('by default records go without, in order, with one warning; capabilities and stats show it', async () => {
    const all = await harness({ plain: false, maxRequestRecords: 2 });
    const { kafka, send } = all;
    kafka.topic(topic, [1, 1]);
    refuse(kafka);
    expect(isIdempotent(all)).toEqual([true, true]);
    const values = ['a', 'b', 'c', 'd', 'e'];
    const batches = [0, 1].map((partition) => send(values.map((value) => record(value, partition))));
    expect(new Set(words((await Promise.all(batches)).flat()))).toEqual(new Set(['delivered']));
    expect(words(await send([record('f')]))).toEqual(['delivered']);
    expect([kafka.values(topic, 0), kafka.values(topic, 1)]).toEqual([[...values, 'f'], values]);
    expect(new Set(ids(all))).toEqual(new Set([-1n]));
    expect(isIdempotent(all)).toEqual([false, false]);
    expect(warnings(all)).toEqual([expect.stringMatching(why)]);
    expect(warnings(all)[0]).toMatch(
      /may be in its topic twice; grant IdempotentWrite .* or set idempotent: false/,
    );
  });

  it('with idempotent: true records fail, and none goes without', async () => {
    const all = await harness({ idempotent: true });
    all.kafka.topic(topic, [1]);
    refuse(all.kafka);
    expect(await all.send([record('a')])).toMatchObject([{ status: 'failed', error: { retriable: false } }]);
    expect([all.kafka.requests, warnings(all), isIdempotent(all)]).toEqual([[], [], [true, true]]);
  });

  it('with idempotent: false no id is requested', async () => {
    const all = await harness({ idempotent: false });
    all.kafka.topic(topic, [1]);
    refuse(all.kafka);
    expect(words(await all.send([record('a')]))).toEqual(['delivered']);
    expect([ids(all), warnings(all), isIdempotent(all)]).toEqual([[-1n], [], [false, false]]);
  });
});

it.each([0, 1] as const)('with acks %s it is off without a warning', async (acks) => {
  const all = await harness({ plain: false, acks });
  all.kafka.topic(topic, [1]);
  expect(words(await all.send([record('a')]))).toEqual(['delivered']);
  await until(() => all.kafka.requests.length === 1);
  expect([ids(all), warnings(all), isIdempotent(all)]).toEqual([[-1n], [], [false, false]]);
});

it('the adapter waits for a cluster that is not ready to give an id yet', async () => {
  const all = await harness({ plain: false });
  all.kafka.topic(topic, [1]).producerIdErrors.push(14, 15);
  expect(words(await all.send([record('a')]))).toEqual(['delivered']);
  expect([ids(all), warnings(all)]).toEqual([[1_000n], []]);
});

describe('an id that is refused later', () => {
  it('leaves partitions that have one with it, and the others go without', async () => {
    const all = await harness({ plain: false });
    const { kafka, send } = all;
    kafka.topic(topic, [1, 1]);
    await send([record('a', 0), record('a', 1)]);
    kafka.reactions.push(() => [59]); // UNKNOWN_PRODUCER_ID: partition 0 needs a new one
    kafka.producerIdErrors.push(notAuthorized);
    expect(words(await send([record('b', 0)]))).toEqual(['failed KAFKA_ERROR']);
    expect(words(await send([record('c', 0), record('c', 1)]))).toEqual(['delivered', 'delivered']);
    const last = kafka.requests.slice(-2).flat();
    expect(last.map(({ partition, producerId }) => [partition, producerId]).sort()).toEqual([
      [0, -1n],
      [1, 1_000n],
    ]);
    expect(warnings(all)).toHaveLength(1);
  });

  it('costs no record when brokers refuse the records themselves, as before Kafka 2.8, and keeps a batch in order', async () => {
    const all = await harness({ plain: false, maxRequestRecords: 1 });
    const { kafka, send } = all;
    kafka.topic(topic, [1]);
    await send([record('first')]);
    kafka.refusing = (request) => request.map(({ producerId }) => (producerId < 0n ? 0 : notAuthorized));
    const batches = [['a', 'b', 'c'], ['d'], ['e']].map((values) =>
      send(values.map((value) => record(value))),
    );
    expect(words((await Promise.all(batches)).flat())).toEqual(Array(5).fill('delivered'));
    const written = kafka.values(topic);
    expect(written.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'first']);
    expect(written.filter((value) => 'abc'.includes(String(value)))).toEqual(['a', 'b', 'c']);
    expect([isIdempotent(all), warnings(all).length]).toEqual([[false, false], 1]);
  });
});
