/**
 * One test for each way in which kafkajs 2.2.4 was seen to lose, duplicate, hide or block records.
 */
import { kafkajsAdapter } from '../src/kafkajs-adapter.js';
import { fakeClock, type FakeClock } from '@holdfast/testing';
import type { ProducerRecord } from '@holdfast/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Kafka } from 'kafkajs';
import { FakeKafka } from './fake-kafka/fake-kafka.js';
import { advanceUntil, harness, until, words } from './harness.js';

const topic = 'orders';
const records = (count: number, more: Partial<ProducerRecord> = {}): ProducerRecord[] =>
  Array.from({ length: count }, (_, index) => ({ topic, value: `v${index}`, ...more }));
const toPartitions = (...partitions: number[]): ProducerRecord[] =>
  partitions.map((partition) => ({ topic, value: `p${partition}`, partition }));

describe('a retry inside kafkajs moves keyless records to other partitions', () => {
  it('so there is none: when a broker fails once, each record is written at most once, and none is lost silently', async () => {
    const { kafka, send } = await harness({ nodes: 3 });
    kafka.topic(topic, [1, 2, 3]);
    await send(records(1));
    kafka.log.clear();
    kafka.reactions.push((request) => request.map(() => 6));
    const outcomes = await send([...records(10), ...toPartitions(0, 1, 2)]);
    const written = kafka.values(topic);
    expect(new Set(written).size).toBe(written.length);
    const delivered = outcomes.filter(({ status }) => status === 'delivered').length;
    expect(delivered).toBe(written.length);
    expect(delivered).toBeLessThan(outcomes.length);
    expect(words(outcomes.filter(({ status }) => status !== 'delivered'))).toContain(
      'unknown LEADER_UNAVAILABLE',
    );
  });
});

describe('send to a partition that does not exist resolves with []', () => {
  it('the record fails with UNKNOWN_PARTITION, after metadata was requested again', async () => {
    const clock = fakeClock();
    const { kafka, send } = await harness({ clock });
    kafka.topic(topic, [1]);
    await whileTimePasses(clock, send(records(1)));
    await clock.advance(1_000); // Newer metadata would be believed.
    const asked = kafka.metadataRequests;
    expect(words(await whileTimePasses(clock, send(toPartitions(1))))).toEqual(['failed UNKNOWN_PARTITION']);
    expect(kafka.metadataRequests).toBeGreaterThan(asked);
    kafka.topic(topic, [1, 1]);
    await clock.advance(1_000);
    expect(words(await whileTimePasses(clock, send(toPartitions(1))))).toEqual(['delivered']);
  });

  it('a response that leaves a partition out is not a success', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1, 1]);
    await send(records(1));
    kafka.reactions.push((request) => request.map(({ partition }) => (partition === 1 ? 'leave out' : 0)));
    expect(words(await send(toPartitions(0, 1)))).toEqual(['delivered', 'unknown UNCLASSIFIED']);
  });
});

describe("one failed partition fails its broker's whole response", () => {
  it('each partition has its own result: what was written is delivered, with its offset', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1, 1, 1, 1]);
    await send(toPartitions(0, 1, 2, 3));
    kafka.reactions.push((request) => request.map(({ partition }) => [0, 19, 7, 0][partition] ?? 0));
    const outcomes = await send(toPartitions(0, 1, 2, 3));
    expect(words(outcomes)).toEqual([
      'delivered',
      'failed NOT_ENOUGH_REPLICAS',
      'unknown REQUEST_TIMED_OUT',
      'delivered',
    ]);
    expect(outcomes[3]).toMatchObject({ partition: 3, offset: 1 });
    expect(kafka.requests.at(-1)).toHaveLength(4);
  });

  it('a topic that is unknown, forbidden or has a partition without a leader holds back no other one', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1, -1]).topic('forbidden', [], 29);
    const outcomes = await send([
      ...toPartitions(0, 1),
      { topic: 'forbidden', value: 'x' },
      { topic: 'nowhere', value: 'x' },
      ...records(5),
    ]);
    expect(words(outcomes)).toEqual([
      'delivered',
      'failed LEADER_UNAVAILABLE',
      'failed AUTHORIZATION_FAILED',
      'failed UNKNOWN_TOPIC',
      ...Array.from({ length: 5 }, () => 'delivered'),
    ]);
  });
});

describe('kafkajs marks every error that it gives up on as retriable: false', () => {
  it.each([
    [3, 'failed UNKNOWN_TOPIC', true],
    [6, 'unknown LEADER_UNAVAILABLE', true],
    [10, 'failed RECORD_TOO_LARGE', false],
    [20, 'unknown NOT_ENOUGH_REPLICAS', true],
    [29, 'failed AUTHORIZATION_FAILED', false],
  ])('code %i is %s, retriable %s', async (code, word, retriable) => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1]).reactions.push((request) => request.map(() => code));
    const [outcome] = await send(records(1));
    expect(outcome && words([outcome])).toEqual([word]);
    expect(outcome).toMatchObject({ error: { retriable, kafka: { code } } });
  });

  it('codes from 89 on, which kafkajs turns into -99, keep their number', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1]).reactions.push((request) => request.map(() => 89));
    expect(await send(records(1))).toMatchObject([
      {
        status: 'failed',
        error: { kafka: { code: 89, name: 'THROTTLING_QUOTA_EXCEEDED' }, retriable: true },
      },
    ]);
  });
});

describe('a connection that is lost after the request was sent', () => {
  it('leaves open whether the record was written, even when reconnecting fails', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1]);
    await send(records(1));
    kafka.reactions.push(() => {
      void kafka.kill(1);
      return 'write and lose';
    });
    expect(words(await send(records(1)))).toEqual(['unknown CONNECTION_LOST']);
    expect(words(await send(records(1)))).toEqual(['failed BROKER_UNREACHABLE']);
  });

  it('the connection to a broker that never responds is given up after requestTimeoutMs, with the requests behind', async () => {
    const clock = fakeClock();
    const { kafka, send } = await harness({ clock, requestTimeoutMs: 3_000 });
    kafka.topic(topic, [1]);
    await whileTimePasses(clock, send(records(1)));
    kafka.reactions.push(() => 'write and hang');
    const stuck = send(records(1));
    await advanceUntil(clock, () => kafka.requests.length === 2);
    await clock.advance(1_000);
    const behind = send(records(1));
    await advanceUntil(clock, () => kafka.requests.length === 3);
    const ended: string[] = [];
    for (const one of [stuck, behind]) void one.then((outcomes) => ended.push(...words(outcomes)));
    await clock.advance(2_000);
    await until(() => ended.length === 2);
    expect(ended).toEqual(['unknown REQUEST_TIMED_OUT', 'unknown REQUEST_TIMED_OUT']);
    expect(words(await whileTimePasses(clock, send(records(1))))).toEqual(['delivered']);
  });
});

describe('grouping is quadratic in kafkajs', () => {
  it('40,000 records for one partition go in requests of 1,000, and the event loop has turns in between', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1]);
    await send(records(1));
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns++;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const outcomes = await send(records(40_000, { partition: 0 }));
    done = true;
    expect(outcomes.every(({ status }) => status === 'delivered')).toBe(true);
    expect(outcomes[39_999]).toMatchObject({ offset: 40_000 });
    expect(Math.max(...kafka.requests.flat().map(({ values }) => values.length))).toBe(1_000);
    expect(turns).toBeGreaterThan(40);
  });
});

describe('records that are small alone and too large together', () => {
  it('are sent in smaller batches until each has its own outcome', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1]);
    await send(records(1));
    const most = 3;
    const judge = (request: readonly { values: readonly unknown[] }[]): number[] =>
      request.map(({ values }) => (values.length > most || values.includes('v7') ? 10 : 0));
    kafka.reactions.push(...Array.from({ length: 50 }, () => judge));
    const outcomes = await send(records(20));
    expect(words(outcomes)).toEqual(
      Array.from({ length: 20 }, (_, index) => (index === 7 ? 'failed RECORD_TOO_LARGE' : 'delivered')),
    );
    expect(kafka.values(topic).slice(1)).toEqual(
      records(20).flatMap(({ value }) => (value === 'v7' ? [] : [value])),
    );
  });
});

describe('kafkajs has no flush', () => {
  it('flush waits for what was sent before, and no longer than its deadline', async () => {
    const { kafka, adapter, env, send } = await harness();
    kafka.topic(topic, [1]);
    let settled = false;
    void send(records(3)).then(() => (settled = true));
    await adapter.flush(Infinity);
    await until(() => settled);
    kafka.reactions.push(() => 'write and hang');
    void send(records(1));
    await adapter.flush(env.clock.now() + 50);
  });

  it('its disconnect does not wait for requests in flight: this one does, until its deadline', async () => {
    const clock = fakeClock();
    const { kafka, adapter, send } = await harness({ clock });
    kafka.topic(topic, [1]);
    await whileTimePasses(clock, send(records(1)));
    const sent = send(records(3));
    const gone = adapter.disconnect(clock.now() + 60_000);
    expect(words(await whileTimePasses(clock, sent))).toEqual(records(3).map(() => 'delivered'));
    await clock.until(gone);
  });

  it('records in flight when disconnect has to end are settled as unknown; a later response is ignored', async () => {
    const { kafka, adapter, env, send } = await harness();
    kafka.topic(topic, [1]);
    await send(records(1));
    kafka.reactions.push(() => 'write and hang');
    const stuck = send(records(2));
    await until(() => kafka.requests.length === 2);
    await adapter.disconnect(env.clock.now() + 20);
    expect(words(await stuck)).toEqual(['unknown CLOSE_TIMEOUT', 'unknown CLOSE_TIMEOUT']);
    expect(words(await send(records(1)))).toEqual(['failed CLOSED']);
  });
});

describe('kafkajs gives up connecting, by its own clock', () => {
  it("starts with no broker up: reports it once, tries again by the chain's clock, and delivers when one comes up", async () => {
    const clock = fakeClock();
    const cluster = await FakeKafka.start();
    await cluster.kill(1);
    const { kafka, env, connected, send } = await harness({
      clock,
      kafka: cluster,
      reconnect: { intervalMs: 1_000, maxIntervalMs: 1_000 },
    });
    const events: string[] = [];
    env.events.on('disconnected', ({ error }) => events.push(`disconnected ${error.code}`));
    env.events.on('connected', () => events.push('connected'));
    await expect(connected).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', retriable: true });
    const [refused] = await send(records(1));
    expect(refused).toMatchObject({
      status: 'failed',
      error: { code: 'BROKER_UNREACHABLE', retriable: true },
    });
    for (let second = 0; second < 30; second++) {
      await clock.advance(1_000);
      await until(() => clock.nextInMs !== undefined);
    }
    kafka.topic(topic, [1]);
    await kafka.open(1);
    await advanceUntil(clock, () => events.length === 2);
    expect(events).toEqual(['disconnected BROKER_UNREACHABLE', 'connected']);
    expect(words(await whileTimePasses(clock, send(records(1))))).toEqual(['delivered']);
    const warned = env.logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    expect(warned).toHaveLength(2);
    expect(warned[1]).toBe('kafkajs: connected to the cluster');
  });

  it('gives up after reconnect.tries, and reports it', async () => {
    const cluster = await FakeKafka.start();
    await cluster.kill(1);
    const { env, send } = await harness({ kafka: cluster, reconnect: { tries: 3, intervalMs: 1 } });
    await until(() => env.logger.text().includes('gave up after 3 tries'));
    expect(await send(records(1))).toMatchObject([
      { status: 'failed', error: { code: 'CLIENT_FATAL', retriable: false } },
    ]);
  });

  it('one broker that is down delays no record for the others', async () => {
    const { kafka, send } = await harness({ nodes: 2 });
    kafka.topic(topic, [1, 2]);
    await send(toPartitions(0, 1));
    await kafka.kill(2);
    let outcomes = words(await send(toPartitions(0, 1)));
    while (outcomes[1] === 'unknown CONNECTION_LOST') outcomes = words(await send(toPartitions(0, 1)));
    expect(outcomes).toEqual(['delivered', 'failed BROKER_UNREACHABLE']);
    await kafka.open(2);
    while (outcomes[1] !== 'delivered') outcomes = words(await send(toPartitions(0, 1)));
  });
});

describe('instrumentation rewrites the headers of a message, and throws when it is frozen', () => {
  it('a record is sent unchanged however often it is tried, frozen or not', async () => {
    const { kafka, send } = await harness();
    kafka.topic(topic, [1]);
    const headers = Object.freeze({ traceparent: Object.freeze(['a', 'b']) });
    const frozen = Object.freeze({ topic, value: 'v', headers });
    kafka.reactions.push((request) => request.map(() => 19));
    expect(words(await send([frozen]))).toEqual(['failed NOT_ENOUGH_REPLICAS']);
    expect(words(await send([frozen]))).toEqual(['delivered']);
    expect(headers).toEqual({ traceparent: ['a', 'b'] });
  });
});

describe('a Producer of kafkajs cannot be made safe from outside', () => {
  it('it is refused, with the remedy', async () => {
    const kafka = await FakeKafka.start();
    onTestFinished(() => kafka.down());
    const producer = new Kafka({ brokers: kafka.brokers }).producer({ createPartitioner: () => () => 0 });
    // @ts-expect-error: for JavaScript
    expect(() => kafkajsAdapter(producer)).toThrow(/give the Kafka instance it was made from/);
  });
});

async function whileTimePasses<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let ended = false;
  const end = (): void => void (ended = true);
  work.then(end, end);
  await advanceUntil(clock, () => ended);
  return work;
}
