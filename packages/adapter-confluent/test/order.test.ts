import { createDelivery } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { FakeCluster } from './fake-client.fixture.js';
import { Harness, ready } from './harness.fixture.js';

const to = (partition: number, ...values: string[]) =>
  values.map((value) => ({ topic: 't', partition, value }));

describe('an idempotent client', () => {
  it('is given the first record of a partition alone, and any number once that is confirmed', async () => {
    const harness = await new Harness().connected();
    const sent = await harness.sent([...to(0, 'a', 'b', 'c'), ...to(1, 'x', 'y')]);
    expect(harness.cluster.values()).toEqual(['a', 'x']);
    await harness.report();
    expect(harness.cluster.values()).toEqual(['a', 'x', 'b', 'c', 'y']);
    await harness.report();
    expect(sent.statuses()).toEqual(Array(5).fill('delivered'));
    await harness.sent(to(0, 'd', 'e'));
    expect(harness.cluster.values().slice(5)).toEqual(['d', 'e']);
  });

  it('is given the next one alone when the first is rejected for good', async () => {
    const harness = await new Harness().connected();
    const sent = await harness.sent(to(0, 'a', 'b', 'c'));
    await harness.report(87);
    expect(harness.cluster.values()).toEqual(['a', 'b']);
    await harness.report();
    expect(harness.cluster.values()).toEqual(['a', 'b', 'c']);
    await harness.report();
    expect(sent.statuses()).toEqual(['failed KAFKA_ERROR', 'delivered', 'delivered']);
  });

  it('is given the first record alone again when it is replaced', async () => {
    const harness = await ready();
    const sent = await harness.sent(to(0, 'a', 'b'));
    await harness.report(-150);
    await harness.wait(1_000);
    harness.cluster.produced.length = 0;
    harness.sendAgain(sent.deliveries);
    await harness.turns();
    expect(harness.cluster.values()).toEqual(['a']);
    await harness.report();
    expect(harness.cluster.values()).toEqual(['a', 'b']);
  });
});

describe('a record that expires while the client still has it', () => {
  const slow = { options: { requestTimeoutMs: 1_000 } };

  it('is unknown, and is not produced again when it is sent again', async () => {
    const harness = await ready(slow);
    const sent = await harness.sent(to(0, 'a', 'b'));
    await harness.wait(1_250);
    expect(sent.statuses()).toEqual(['unknown REQUEST_TIMED_OUT', 'unknown REQUEST_TIMED_OUT']);
    const again = harness.sendAgain(sent.deliveries);
    await harness.turns();
    expect(again.statuses()).toEqual(['-', '-']);
    await harness.report();
    expect(again.statuses()).toEqual(['delivered', 'delivered']);
    expect(sent.groups.flat()).toHaveLength(2);
    expect(harness.cluster.values()).toEqual(['a', 'b']);
  });

  it('is delivered at once when it was confirmed meanwhile', async () => {
    const harness = await ready(slow);
    const sent = await harness.sent(to(0, 'a'));
    await harness.wait(1_250);
    await harness.report();
    expect(sent.statuses()).toEqual(['unknown REQUEST_TIMED_OUT']);
    const again = harness.sendAgain(sent.deliveries);
    expect(again.groups).toEqual([]); // never within send
    await harness.turns();
    expect(again.outcomes()).toMatchObject([{ status: 'delivered', partition: 0, offset: 103 }]);
    expect(harness.cluster.values()).toEqual(['a']);
  });

  it('is produced again when the client gave it up meanwhile, or a middleware changed it', async () => {
    const harness = await ready(slow);
    const sent = await harness.sent([...to(0, 'a'), ...to(1, 'b')]);
    await harness.wait(1_250);
    harness.cluster.report(-195, harness.cluster.waiting.slice(0, 1));
    const [, second] = sent.deliveries;
    if (second !== undefined) second.record.value = Buffer.from('changed');
    await harness.report(0, harness.cluster.waiting);
    const again = harness.sendAgain(sent.deliveries);
    await harness.turns();
    await harness.report();
    expect(again.statuses()).toEqual(['delivered', 'delivered']);
    expect(harness.cluster.values()).toEqual(['a', 'b', 'a', 'changed']);
  });

  it('keeps others out of its partition: they would wait behind it, and fail certainly unsent', async () => {
    const harness = await ready(slow);
    const stuck = await harness.sent(to(0, 'a'));
    await harness.wait(1_250);
    const others = await harness.sent([...to(0, 'b'), ...to(1, 'c')]);
    expect(others.statuses()).toEqual(['failed REQUEST_TIMED_OUT', '-']);
    expect(others.outcomes()[0]).toMatchObject({ error: { retriable: true } });
    await harness.report();
    expect(stuck.statuses()).toEqual(['unknown REQUEST_TIMED_OUT']);
    const later = await harness.sent(to(0, 'd'));
    await harness.report();
    expect(later.statuses()).toEqual(['delivered']);
  });

  it('reports what is known of its partition', async () => {
    const harness = await ready(slow);
    const { topics } = harness.cluster;
    topics.set('t', [
      { leader: 1, replicas: [1, 2, 3], isrs: [1] },
      { leader: -1, replicas: [1, 2, 3], isrs: [] },
      { leader: 1, replicas: [1], isrs: [1] },
    ]);
    const sent = await harness.sent([0, 1, 2].flatMap((partition) => to(partition, 'v')));
    await harness.wait(1_500);
    expect(sent.statuses()).toEqual([
      'unknown NOT_ENOUGH_REPLICAS',
      'unknown LEADER_UNAVAILABLE',
      'unknown REQUEST_TIMED_OUT',
    ]);
  });

  it("expires at the delivery's own deadline as well", async () => {
    const harness = await ready();
    const sent = await harness.sent(to(0, 'a'));
    await harness.wait(29_000);
    expect(sent.statuses()).toEqual(['-']);
    await harness.wait(1_250);
    expect(sent.statuses()).toEqual(['unknown REQUEST_TIMED_OUT']);
    const again = harness.sendAgain(sent.deliveries);
    await harness.wait(30_250);
    expect(again.statuses()).toEqual(['unknown REQUEST_TIMED_OUT']);
    harness.sendAgain(sent.deliveries);
    await harness.wait(30_250);
    const last = harness.sendAgain(sent.deliveries);
    await harness.wait(29_500); // 120 s after it was made
    expect(last.statuses()).toEqual(['unknown REQUEST_TIMED_OUT']);
  });

  it("expires at each delivery's own deadline, and leaves the others of its batch alone", async () => {
    const harness = await ready();
    const now = harness.env.clock.now();
    const sent = harness.sendAgain(
      [500, 60_000, 1_000].map((ms) =>
        createDelivery({ topic: 't', partition: 0, value: `${ms}` }, { createdAt: now, deadline: now + ms }),
      ),
    );
    await harness.wait(500);
    expect(sent.statuses()).toEqual(['unknown REQUEST_TIMED_OUT', '-', '-']);
    await harness.wait(500);
    expect(sent.statuses()).toEqual(['unknown REQUEST_TIMED_OUT', '-', 'unknown REQUEST_TIMED_OUT']);
    await harness.report();
    expect(sent.outcomes()[1]).toMatchObject({ status: 'delivered' });
    expect(sent.groups.map((group) => group.length)).toEqual([1, 1, 1]);
  });
});

describe('a client without idempotence', () => {
  const plain = { config: { 'enable.idempotence': false } };
  const keyed = (...pairs: string[]) =>
    pairs.map((pair) => ({ topic: 't', key: pair[0] ?? null, value: pair }));

  it('has one record of a lane in flight, and any number without a lane', async () => {
    const harness = await new Harness(plain).connected();
    const sent = await harness.sent([...keyed('a1', 'b1', 'a2', 'a3', 'b2'), { topic: 't', value: '-' }]);
    expect(harness.cluster.values()).toEqual(['a1', 'b1', '-']);
    await harness.report();
    expect(harness.cluster.values().slice(3)).toEqual(['a2', 'b2']);
    await harness.report();
    expect(harness.cluster.values().slice(5)).toEqual(['a3']);
    await harness.report();
    expect(sent.statuses()).toEqual(Array(6).fill('delivered'));
  });

  it('does not send the rest of a lane before one that will be retried', async () => {
    const harness = await new Harness(plain).connected();
    const sent = await harness.sent(keyed('a1', 'b1', 'a2', 'a3'));
    await harness.report(19, harness.cluster.waiting.slice(0, 1));
    await harness.report();
    expect(harness.cluster.values()).toEqual(['a1', 'b1']);
    expect(sent.statuses()).toEqual([
      'failed NOT_ENOUGH_REPLICAS',
      'delivered',
      'failed NOT_ENOUGH_REPLICAS',
      'failed NOT_ENOUGH_REPLICAS',
    ]);
    const [a1, , a2, a3] = sent.deliveries;
    harness.sendAgain([a1, a2, a3].filter((one) => one !== undefined));
    for (let i = 0; i < 4; i++) {
      await harness.turns();
      await harness.report();
    }
    expect(harness.cluster.values()).toEqual(['a1', 'b1', 'a1', 'a2', 'a3']);
  });

  it('goes on after one that is rejected for good', async () => {
    const harness = await new Harness(plain).connected();
    const sent = await harness.sent(keyed('a1', 'a2', 'a3'));
    await harness.report(87);
    await harness.report(87); // alone, to be sure that it meant this record
    await harness.report();
    await harness.report();
    expect(sent.statuses()).toEqual(['failed KAFKA_ERROR', 'delivered', 'delivered']);
  });

  it('fails ten thousand in a row without a deep stack', async () => {
    const harness = await new Harness(plain).connected();
    const records = Array.from({ length: 10_000 }, () => ({ topic: 't', key: 'a', value: 'v' }));
    const sent = harness.send(records);
    for (const { record } of sent.deliveries.slice(1)) Reflect.set(record, 'headers', { wrong: 7 });
    await harness.turns();
    await harness.report();
    expect(
      sent
        .statuses()
        .slice(1)
        .every((status) => status === 'failed INVALID_RECORD'),
    ).toBe(true);
  });
});

describe('records that are too large for their topic only together', () => {
  /**
   * Answers as a broker with `max.message.bytes`, to which the waiting records of a partition come
   * as one request.
   */
  async function answer(harness: Harness, limit: number): Promise<void> {
    for (let round = 0; harness.cluster.waiting.length > 0 && round < 200; round++) {
      for (const partition of [0, 1, 2]) {
        const request = harness.cluster.waiting.filter((one) => one.partition === partition);
        const bytes = request.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
        harness.cluster.report(bytes > limit ? 10 : 0, request);
      }
      await harness.turns();
    }
  }

  it.each([true, false])('go again, fewer at a time, in order (idempotent: %s)', async (idempotent) => {
    const harness = await new Harness({ config: { 'enable.idempotence': idempotent } }).connected();
    const records = Array.from({ length: 60 }, (_, i) => ({
      topic: 't',
      partition: 0,
      value: `${i}`.padEnd(300),
    }));
    const sent = await harness.sent(records);
    await answer(harness, 2_000);
    expect(sent.statuses()).toEqual(records.map(() => 'delivered'));
    const offsets = sent.outcomes().map((outcome) => (outcome?.status === 'delivered' ? outcome.offset : -1));
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  });

  it('fail one that is too large alone', async () => {
    const harness = await ready();
    const sizes = [300, 3_000, 300, 3_000, 300];
    const sent = await harness.sent(
      sizes.map((size) => ({ topic: 't', partition: 1, value: ''.padEnd(size) })),
    );
    await answer(harness, 2_000);
    expect(sent.statuses()).toEqual([
      'delivered',
      'failed RECORD_TOO_LARGE',
      'delivered',
      'failed RECORD_TOO_LARGE',
      'delivered',
    ]);
  });

  it('time out wherever they wait', async () => {
    const harness = await ready({ options: { requestTimeoutMs: 1_000 } });
    const sent = await harness.sent(to(0, 'a', 'b', 'c', 'd'));
    await harness.report(10);
    await harness.wait(1_250);
    expect(sent.statuses()).toEqual([
      'unknown REQUEST_TIMED_OUT',
      'unknown REQUEST_TIMED_OUT',
      'failed REQUEST_TIMED_OUT',
      'failed REQUEST_TIMED_OUT',
    ]);
  });
});

describe('settling', () => {
  it('never happens within send, and groups the outcomes of one turn', async () => {
    const harness = await ready();
    const sent = harness.send(to(0, 'a', 'b', 'c'));
    harness.cluster.report();
    expect(sent.groups).toEqual([]);
    await harness.turns();
    expect(sent.groups.map((group) => group.length)).toEqual([3]);
    const refused = harness.send(to(9, 'x', 'y'));
    expect(refused.groups).toEqual([]);
  });

  it('ignores reports of others, and a second report', async () => {
    const harness = await ready();
    const sent = await harness.sent(to(0, 'a'));
    const [client] = harness.cluster.clients;
    for (const opaque of [undefined, 7, {}])
      client?.emit('delivery-report', null, { topic: 't', partition: 0, offset: 1, opaque });
    const waiting = harness.cluster.waiting;
    harness.cluster.report(0, waiting);
    harness.cluster.report(-192, waiting);
    await harness.turns();
    expect(sent.statuses()).toEqual(['delivered']);
    expect(sent.groups).toHaveLength(1);
  });

  it('gives offset and timestamp of each record, and -1 where the broker recognised a duplicate', async () => {
    const harness = await ready();
    const cluster: FakeCluster = harness.cluster;
    cluster.nextOffset = 7;
    const sent = await harness.sent([
      { topic: 't', partition: 2, value: 'v', timestamp: 1234 },
      ...to(2, 'w'),
    ]);
    const [first, second] = cluster.waiting;
    if (first !== undefined) cluster.report(0, [first]);
    cluster.nextOffset = -1001;
    if (second !== undefined) await harness.report(0, [second]);
    expect(sent.outcomes()).toMatchObject([
      { status: 'delivered', topic: 't', partition: 2, offset: 7, timestamp: 1234 },
      { offset: -1 },
    ]);
  });
});
