import { defaultPartitioner, keyPartition, type Partitioner } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';
import { seededRandom } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { FakeCluster } from './fake-client.fixture.js';
import { Harness, ready } from './harness.fixture.js';
import { readVectors } from './vectors.fixture.js';

const vectors = readVectors();

describe('the partition of a record', () => {
  it("is the one that Java's client gives its key: the client's own default maps keys differently", async () => {
    expect(vectors).toHaveLength(483);
    const sizes = [3, 6, 7, 1000] as const;
    const cluster = new FakeCluster(Object.fromEntries(sizes.map((size) => [`t${size}`, size])));
    const harness = await new Harness({ cluster, config: { 'enable.idempotence': false } }).connected();
    for (const size of sizes) {
      const asked = vectors.map(({ key }) => ({
        topic: `t${size}`,
        key: Buffer.from(key, 'hex'),
        value: key,
      }));
      await harness.sent(asked);
      while (cluster.waiting.length > 0) await harness.report(); // some keys share a lane
    }
    const chosen = cluster.produced.map(({ topic, value, partition }) => [
      topic,
      value?.toString(),
      partition,
    ]);
    const expected = vectors.flatMap(({ key, of3, of6, of7, of1000 }) => [
      ['t3', key, of3],
      ['t6', key, of6],
      ['t7', key, of7],
      ['t1000', key, of1000],
    ]);
    expect(new Set(chosen.map(String))).toEqual(new Set(expected.map(String)));
    expect(chosen).toHaveLength(expected.length);
  });

  it('without a key is one for the whole batch, among those that have a leader', async () => {
    const cluster = new FakeCluster({ t: 5 });
    for (const partition of cluster.topics.get('t')?.slice(0, 4) ?? []) partition.leader = -1;
    const harness = await new Harness({ cluster }).connected();
    for (let batch = 0; batch < 5; batch++) {
      await harness.sent(Array.from({ length: 4 }, () => ({ topic: 't', value: 'v' })));
      await harness.report();
      await harness.report();
    }
    expect(new Set(cluster.produced.map(({ partition }) => partition))).toEqual(new Set([4]));
  });

  it("is the user's own partitioner's, when there is one", async () => {
    const harness = await new Harness({ options: { partitioner: (_, { count }) => count - 1 } }).connected();
    await harness.sent([
      { topic: 't', key: 'k', value: 'v' },
      { topic: 't', partition: 0, value: 'w' },
    ]);
    expect(harness.cluster.produced.map(({ partition }) => partition)).toEqual([2, 0]);
  });

  it("is the default's where the user's partitioner returns undefined", async () => {
    const byDefault = keyPartition(Buffer.from('k'), 3);
    const partitioner = ({ key }: SerializedRecord) => (key === null ? (byDefault + 1) % 3 : undefined);
    const harness = await new Harness({ options: { partitioner } }).connected();
    await harness.sent([
      { topic: 't', key: 'k', value: 'v' },
      { topic: 't', value: 'w' },
    ]);
    expect(harness.cluster.produced.map(({ partition }) => partition)).toEqual([
      byDefault,
      (byDefault + 1) % 3,
    ]);
  });

  it.each<[string, Partitioner]>([
    ['the default, given as such', defaultPartitioner(seededRandom(3))],
    ['none', () => undefined],
  ])('changes with each batch without keys, with %s', async (_, partitioner) => {
    const harness = await new Harness({ options: { partitioner } }).connected();
    for (let batch = 0; batch < 30; batch++) {
      await harness.sent([
        { topic: 't', value: 'v' },
        { topic: 't', value: 'w' },
      ]);
      await harness.report();
    }
    const chosen = harness.cluster.produced.map(({ partition }) => partition);
    expect(chosen).toHaveLength(60);
    expect(new Set(chosen).size).toBe(3);
    expect(chosen.every((one, n) => one === chosen[n - (n % 2)])).toBe(true);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
    ['answers what is not there', () => 3],
    ['answers no whole number', () => 0.5],
  ])('fails the record alone when that %s', async (_, partitioner) => {
    const harness = await new Harness({ options: { partitioner } }).connected();
    const sent = await harness.sent([
      { topic: 't', key: 'k', value: 'v' },
      { topic: 't', partition: 0, value: 'w' },
    ]);
    await harness.report();
    expect(sent.statuses()).toEqual(['failed UNKNOWN_PARTITION', 'delivered']);
  });
});

describe('topics', () => {
  it('that do not exist fail alone, and are found once they are created', async () => {
    const harness = await new Harness().connected();
    const sent = await harness.sent([
      { topic: 'later', value: 'a' },
      { topic: 't', value: 'b' },
    ]);
    await harness.report();
    expect(sent.statuses()).toEqual(['failed UNKNOWN_TOPIC', 'delivered']);
    expect(sent.outcomes()[0]).toMatchObject({ error: { kafka: { code: 3 }, retriable: true } });
    harness.cluster.createTopic('later', 1);
    expect((await harness.sent([{ topic: 'later', value: 'a' }])).statuses()).toEqual([
      'failed UNKNOWN_TOPIC',
    ]);
    await harness.wait(250); // so long holds the answer that it is not there
    const again = await harness.sent([{ topic: 'later', value: 'a' }]);
    await harness.report();
    expect(again.statuses()).toEqual(['delivered']);
  });

  it('that grow have their new partitions when a record names one', async () => {
    const harness = await ready();
    await harness.wait(1_000);
    harness.cluster.createTopic('t', 6);
    const sent = await harness.sent([
      { topic: 't', partition: 5, value: 'a' },
      { topic: 't', partition: 6, value: 'b' },
    ]);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered', 'failed UNKNOWN_PARTITION']);
  });

  it('that grow have them used, although the producer knows no other topic', async () => {
    const harness = await ready({ options: { metadataMaxAgeMs: 5_000 } });
    harness.cluster.createTopic('t', 6);
    await harness.wait(5_250);
    const keyed = Array.from({ length: 60 }, (_, i) => ({ topic: 't', key: `k${i}`, value: 'v' }));
    await harness.sent(keyed); // placed by what is known, and what is known is asked for again
    await harness.report();
    await harness.sent(keyed);
    await harness.report();
    expect(new Set(harness.cluster.produced.map(({ partition }) => partition))).toEqual(
      new Set([0, 1, 2, 3, 4, 5]),
    );
  });

  it('have a partition that was added a moment after their metadata was fetched', async () => {
    const harness = await new Harness().connected();
    await harness.sent([{ topic: 't', partition: 0, value: 'a' }]);
    await harness.wait(100);
    harness.cluster.createTopic('t', 6);
    const sent = await harness.sent([{ topic: 't', partition: 5, value: 'b' }]);
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered']);
  });

  it('that are created again with fewer partitions have their records routed anew, in order', async () => {
    const harness = await ready();
    await harness.wait(1_000);
    harness.cluster.createTopic('t', 1);
    const records = ['a', 'b', 'c', 'd'].flatMap((key) =>
      [1, 2].map((n) => ({ topic: 't', key, value: key + n })),
    );
    const sent = await harness.sent(records);
    await harness.report();
    const failures = sent.statuses().filter((status) => status !== 'delivered');
    expect(failures).toContain('failed UNKNOWN_PARTITION');
    for (const outcome of sent.outcomes()) {
      if (outcome?.status === 'failed') expect(outcome.error.retriable).toBe(true);
    }
    const again = harness.sendAgain(sent.deliveries.filter(({ outcome }) => outcome?.status === 'failed'));
    await harness.turns();
    await harness.report();
    expect(again.statuses()).toEqual(failures.map(() => 'delivered'));
    for (const key of ['a', 'b', 'c', 'd']) {
      const values = harness.cluster.values().filter((value) => value?.startsWith(key) === true);
      expect(values).toEqual([`${key}1`, `${key}2`]);
    }
  });

  it('that are created again with fewer partitions refuse for good a record that names a missing one', async () => {
    const harness = await ready();
    await harness.wait(1_000);
    harness.cluster.createTopic('t', 1);
    const sent = await harness.sent([{ topic: 't', partition: 2, value: 'a' }]);
    expect(sent.outcomes()).toMatchObject([{ status: 'failed', error: { retriable: true } }]);
    const again = harness.sendAgain(sent.deliveries);
    await harness.turns();
    expect(again.outcomes()).toMatchObject([
      { status: 'failed', error: { code: 'UNKNOWN_PARTITION', retriable: false } },
    ]);
  });

  it('are queried once for all waiting records, which go in order', async () => {
    const harness = await new Harness().connected();
    const before = harness.cluster.metadataCalls;
    for (const value of ['a', 'b', 'c']) harness.send([{ topic: 't', partition: 0, value }]);
    await harness.turns();
    await harness.report();
    await harness.report();
    expect(harness.cluster.metadataCalls).toBe(before + 1);
    expect(harness.cluster.values()).toEqual(['a', 'b', 'c']);
  });

  it('are queried again when their metadata is old', async () => {
    const harness = await ready({ options: { metadataMaxAgeMs: 5_000 } });
    const before = harness.cluster.metadataCalls;
    await harness.wait(5_250);
    await harness.sent([
      { topic: 't', partition: 0, value: 'a' },
      { topic: 't', partition: 0, value: 'b' },
    ]);
    expect(harness.cluster.metadataCalls).toBe(before + 1);
  });

  it('have a partition without a leader: its records fail alone until there is one', async () => {
    const harness = await ready();
    const partition = harness.cluster.topics.get('t')?.[1];
    if (partition !== undefined) partition.leader = -1;
    await harness.sent([{ topic: 't', partition: 1, value: 'slow' }]);
    await harness.wait(1_500); // a record that takes long makes it ask
    const sent = await harness.sent([0, 1].map((to) => ({ topic: 't', partition: to, value: 'v' })));
    await harness.report();
    expect(sent.statuses()).toEqual(['delivered', 'failed LEADER_UNAVAILABLE']);
    if (partition !== undefined) partition.leader = 2;
    await harness.wait(250);
    const again = await harness.sent([{ topic: 't', partition: 1, value: 'v' }]);
    await harness.report();
    expect(again.statuses()).toEqual(['delivered']);
  });
});

describe('of many topics', () => {
  it('only a new one is queried, and one to check whether brokers answer', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `t${i}`);
    const cluster = new FakeCluster(Object.fromEntries(names.map((name) => [name, 1])));
    const harness = await new Harness({ cluster }).connected();
    cluster.asked.length = 0;
    for (const topic of names) await harness.sent([{ topic, value: 'v' }]);
    expect(cluster.asked).toEqual(names);
    cluster.clients[0]?.emit('event.error', new Error('all broker connections are down'));
    await harness.turns();
    expect(cluster.asked.slice(names.length)).toEqual(['t299']);
  });

  it('unused ones are forgotten after five minutes, unless the client has records for them', async () => {
    const names = ['used', 'unused', 'stuck', 'new'];
    const cluster = new FakeCluster(Object.fromEntries(names.map((name) => [name, 1])));
    const options = { metadataMaxAgeMs: Infinity, requestTimeoutMs: 1_000 };
    const harness = await new Harness({ cluster, options }).connected();
    const send = async (...topics: string[]) => {
      const sent = await harness.sent(topics.map((topic) => ({ topic, value: 'v' })));
      await harness.report(
        0,
        cluster.waiting.filter(({ topic }) => topic !== 'stuck'),
      );
      return sent;
    };
    await send('used', 'unused', 'stuck');
    await harness.wait(200_000);
    await send('used');
    await harness.wait(150_000);
    await send('new');
    cluster.asked.length = 0;
    await send('used', 'unused');
    expect(cluster.asked).toEqual(['unused']);
    const late = await send('stuck');
    expect(late.statuses()).toEqual(['failed REQUEST_TIMED_OUT']); // it would wait behind the first
  });
});

describe('while brokers are silent', () => {
  const many = Array.from({ length: 24 }, (_, i) => `t${i}`);
  const toEach = many.map((topic) => ({ topic, value: 'v' }));

  async function silent(options = {}): Promise<Harness> {
    const cluster = new FakeCluster(Object.fromEntries(many.map((topic) => [topic, 1])));
    const harness = await new Harness({ cluster, options }).connected();
    cluster.silent = true;
    return harness;
  }

  it('one query at a time blocks a thread, however many topics are queued', async () => {
    const harness = await silent();
    await harness.sent(toEach);
    expect(harness.cluster.kept).toHaveLength(1);
    await harness.wait(5_000);
    expect(harness.cluster.kept).toHaveLength(1);
  });

  it('later queries wait for the same thread, also those of old metadata', async () => {
    const harness = await silent({ metadataMaxAgeMs: 1_000 });
    harness.cluster.silent = false;
    await harness.sent(toEach);
    await harness.report();
    harness.cluster.silent = true;
    await harness.wait(1_250);
    await harness.sent(toEach);
    await harness.sent([{ topic: 'another', value: 'v' }]);
    expect(harness.cluster.kept).toHaveLength(1);
  });

  it('a topic without an answer ends the queries of the others', async () => {
    const harness = await silent();
    const sent = await harness.sent(toEach);
    for (const answer of harness.cluster.kept.splice(0)) answer();
    await harness.turns();
    expect(new Set(sent.statuses())).toEqual(new Set(['failed REQUEST_TIMED_OUT']));
    expect(sent.outcomes()).toMatchObject(many.map(() => ({ error: { retriable: true } })));
    expect(harness.cluster.kept).toHaveLength(1); // whether any broker answers
  });

  it('a disconnect does not free the client during a query, and takes no second thread', async () => {
    const harness = await silent();
    await harness.sent(toEach);
    const [client] = harness.cluster.clients;
    const disconnecting = harness.adapter.disconnect(harness.env.clock.now());
    await harness.wait(500);
    await disconnecting;
    expect(client?.isConnected()).toBe(true);
    for (const answer of harness.cluster.kept.splice(0)) answer();
    await harness.turns();
    expect(client?.isConnected()).toBe(false);
    expect(harness.cluster.kept).toEqual([]);
  });
});

it('a client whose call does not return is replaced', async () => {
  const cluster = new FakeCluster({ t: 1 });
  const harness = await new Harness({ cluster }).connected();
  cluster.silentAbout = 't';
  const first = await harness.sent([{ topic: 't', value: 'first' }]);
  await harness.wait(11_000);
  await harness.wait(1_000);
  await harness.report();
  expect(cluster.clients).toHaveLength(2);
  expect(first.statuses()).toEqual(['delivered']);
});
