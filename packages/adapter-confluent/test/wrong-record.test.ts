import { checkProperty } from '@holdfast/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeCluster, type Produced } from './fake-client.fixture.js';
import { Harness } from './harness.fixture.js';

const invalidTimestamp = 32;
const invalidRecord = 87;
const otherRecordInvalid = -138;

/** Over a topic `t` of one partition. */
const ready = async (setup: ConstructorParameters<typeof Harness>[0] = {}): Promise<Harness> => {
  const cluster = new FakeCluster({ t: 1, other: 1 });
  return (await new Harness({ cluster, ...setup }).connected()).primed('t', 1);
};

const keyed = (key: string, value: string) => ({ topic: 't', key, value });
const ofKeys = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ topic: 't', key: `k${n}`, value: `v${n}` }));
const valueOf = ({ value }: Produced): string => String(value);

/**
 * Answers as a broker to which the waiting records of a partition come as one request. Returns how
 * many it accepted.
 */
async function answerAll(
  harness: Harness,
  wrong: readonly string[],
  code = invalidTimestamp,
): Promise<number> {
  let requests = 0;
  for (; harness.cluster.waiting.length > 0; requests++) {
    const [first] = harness.cluster.waiting;
    const request = harness.cluster.waiting.filter(({ topic }) => topic === first?.topic);
    const isRefused = request.some((one) => wrong.includes(valueOf(one)));
    await harness.report(isRefused ? code : 0, request);
  }
  return requests;
}

/** Returns the topic's records, in order. */
const written = (harness: Harness, wrong: readonly string[]): string[] => {
  const seen = new Map(harness.cluster.produced.map((one) => [valueOf(one), one]));
  return harness.cluster.values().flatMap((value, index) => {
    const isLast = harness.cluster.produced[index] === seen.get(String(value));
    return isLast && value !== undefined && !wrong.includes(value) ? [value] : [];
  });
};

describe('a record that the broker finds invalid', () => {
  it.each([
    ['its timestamp', invalidTimestamp],
    ['no key in a compacted topic', invalidRecord],
    ['as brokers before 2.4 say it', 2],
  ])('fails alone: %s', async (_, code) => {
    const harness = await ready();
    const records = ofKeys(50);
    const sent = await harness.sent(records);
    const requests = await answerAll(harness, ['v25'], code);
    expect(sent.statuses()).toEqual(records.map((__, n) => (n === 25 ? 'failed KAFKA_ERROR' : 'delivered')));
    expect(sent.outcomes()[25]).toMatchObject({ error: { kafka: { code } } });
    expect(written(harness, ['v25'])).toEqual(
      harness.cluster
        .values()
        .slice(0, 50)
        .filter((v) => v !== 'v25'),
    );
    expect(requests).toBeLessThan(16);
  });

  it('is not sent behind a later record of its key when its rejection comes late', async () => {
    const harness = await ready({ options: { requestTimeoutMs: 1_000 } });
    const sent = await harness.sent([
      keyed('o', 'wrong'),
      keyed('k', 'first'),
      keyed('k', 'later'),
      keyed('p', 'p'),
    ]);
    await harness.wait(4_000);
    expect(sent.statuses()).toEqual(Array.from({ length: 4 }, () => 'unknown REQUEST_TIMED_OUT'));
    const [wrong, first, later, other] = harness.cluster.produced;
    if (!wrong || !first || !later || !other) throw new Error('four were given to the client');
    await harness.report(invalidTimestamp, [wrong, first]);
    const early = harness.sendAgain(sent.deliveries.slice(1, 2));
    await harness.turns();
    // It waits for the expired records.
    expect(early.statuses()).toEqual(['failed REQUEST_TIMED_OUT']);
    await harness.report(0, [later, other]);
    const again = harness.sendAgain(sent.deliveries);
    await harness.turns();
    expect(again.statuses()).toEqual(['-', 'failed KAFKA_ERROR', 'delivered', 'delivered']);
    expect(again.outcomes()[1]).toMatchObject({ error: { retriable: false } });
    expect(harness.cluster.waiting.map(valueOf)).toEqual(['wrong']);
  });

  it.each([[[0]], [[49]], [[0, 49]], [[3, 4, 5]], [[7, 19, 33, 48]]])(
    'leaves the others in order, wherever it stands: %j',
    async (places) => {
      const harness = await ready();
      const records = ofKeys(50);
      const wrong = places.map((n) => `v${n}`);
      const sent = await harness.sent(records);
      await answerAll(harness, wrong);
      expect(sent.statuses().filter((status) => status === 'delivered')).toHaveLength(50 - places.length);
      expect(written(harness, wrong)).toEqual(
        records.map(({ value }) => value).filter((value) => !wrong.includes(value)),
      );
    },
  );

  it('delays no other partition, and the records behind it go together again', async () => {
    const harness = await ready();
    const sent = await harness.sent([keyed('a', 'bad'), keyed('b', 'b'), { topic: 'other', value: 'x' }]);
    await harness.report(invalidTimestamp, harness.cluster.waiting.slice(0, 2));
    await harness.report(
      0,
      harness.cluster.waiting.filter(({ topic }) => topic === 'other'),
    );
    expect(sent.statuses()[2]).toBe('delivered');
    const behind = await harness.sent([keyed('c', 'c'), keyed('c', 'd'), keyed('c', 'e')]);
    expect(harness.cluster.waiting.map(valueOf)).toEqual(['bad']);
    await answerAll(harness, ['bad']);
    expect([...sent.statuses(), ...behind.statuses()]).toEqual([
      'failed KAFKA_ERROR',
      ...Array.from({ length: 5 }, () => 'delivered'),
    ]);
    const after = await harness.sent([keyed('c', 'f'), keyed('c', 'g')]);
    expect(harness.cluster.waiting.map(valueOf)).toEqual(['f', 'g']);
    await answerAll(harness, []);
    expect(after.statuses()).toEqual(['delivered', 'delivered']);
  });

  it('is found as quickly among records of one key', async () => {
    const harness = await ready();
    const records = Array.from({ length: 1_000 }, (_, n) => keyed('a', `v${n}`));
    const sent = await harness.sent(records);
    const requests = await answerAll(harness, ['v700']);
    expect(sent.statuses()).toEqual(records.map((_, n) => (n === 700 ? 'failed KAFKA_ERROR' : 'delivered')));
    expect(written(harness, ['v700'])).toEqual(records.map(({ value }) => value).filter((v) => v !== 'v700'));
    expect(requests).toBeLessThan(50);
  });

  it('of one key go one at a time where the client does not linger: it may cut them apart anywhere', async () => {
    const harness = await ready({ config: { 'linger.ms': 0 } });
    const sent = await harness.sent([
      keyed('a', 'a1'),
      keyed('a', 'bad'),
      keyed('a', 'a2'),
      keyed('b', 'b1'),
    ]);
    await harness.report(invalidTimestamp);
    for (const value of ['a1', 'bad', 'a2', 'b1']) {
      expect(harness.cluster.waiting.map(valueOf)[0]).toBe(value);
      const keys = harness.cluster.waiting.map(({ key }) => String(key));
      expect(new Set(keys).size).toBe(keys.length);
      await harness.report(value === 'bad' ? invalidTimestamp : 0, harness.cluster.waiting.slice(0, 1));
    }
    await answerAll(harness, []);
    expect(sent.statuses()).toEqual(['delivered', 'failed KAFKA_ERROR', 'delivered', 'delivered']);
  });

  it('keeps the order where the client splits even a few', async () => {
    const harness = await ready();
    const records = Array.from({ length: 8 }, (_, n) => keyed('a', `v${n}`));
    const sent = await harness.sent(records);
    await harness.report(invalidTimestamp);
    expect(harness.cluster.waiting.map(valueOf)).toEqual(['v0', 'v1', 'v2', 'v3']);
    await harness.report(invalidTimestamp, harness.cluster.waiting.slice(0, 2));
    expect(harness.cluster.waiting.map(valueOf)).toEqual(['v2', 'v3']); // nothing joins a group that is cut
    await answerAll(harness, []);
    expect(sent.statuses().slice(0, 2)).toEqual(['failed KAFKA_ERROR', 'failed KAFKA_ERROR']);
    expect(written(harness, ['v0', 'v1'])).toEqual(['v2', 'v3', 'v4', 'v5', 'v6', 'v7']);
  });

  it('does not let a neighbour be written behind later records of its key, which were in the next request', async () => {
    const harness = await ready();
    const first = await harness.sent([keyed('a', 'a1'), keyed('b', 'b1'), keyed('c', 'bad')]);
    const next = await harness.sent([keyed('a', 'a2')]);
    await harness.report(invalidTimestamp, harness.cluster.waiting.slice(0, 3));
    expect(harness.cluster.waiting.map(valueOf)).toEqual(['a2']);
    await harness.report();
    await answerAll(harness, ['bad']);
    expect([...first.statuses(), ...next.statuses()]).toEqual([
      'failed KAFKA_ERROR',
      'delivered',
      'failed KAFKA_ERROR',
      'delivered',
    ]);
    expect(first.outcomes()[0]).toMatchObject({
      error: { retriable: false, kafka: { code: invalidTimestamp } },
    });
    expect(written(harness, ['bad', 'a1'])).toEqual(['a2', 'b1']);
  });

  it('is no longer looked for once it is gone: overtaken itself, or valid after all', async () => {
    const harness = await ready();
    const sent = await harness.sent(ofKeys(64));
    while (harness.cluster.waiting.length > 1) await harness.report(invalidTimestamp);
    expect(await answerAll(harness, [])).toBeLessThan(10);
    expect(new Set(sent.statuses())).toEqual(new Set(['delivered']));
  });

  it.each(['no answer comes for its partition', 'the client dies'])(
    'does not let a neighbour be tried again while later ones of its key may be written: %s',
    async (what) => {
      const harness = await ready({ options: { requestTimeoutMs: 1_000 } });
      const first = await harness.sent([keyed('a', 'a1'), keyed('c', 'bad')]);
      const next = await harness.sent([keyed('a', 'a2')]);
      await harness.report(invalidTimestamp, harness.cluster.waiting.slice(0, 2));
      if (what === 'the client dies') await harness.report(-150);
      await harness.wait(1_250);
      expect(first.outcomes()[0]).toMatchObject({ status: 'failed', error: { retriable: false } });
      expect(next.outcomes()).toMatchObject([{ status: 'unknown', error: { retriable: true } }]);
    },
  );

  it('is reported by the client where the broker names it, and its neighbours go again', async () => {
    const harness = await ready();
    const sent = await harness.sent([keyed('a', 'a'), keyed('b', 'bad'), keyed('c', 'c')]);
    const [a, bad, c] = harness.cluster.waiting;
    if (a === undefined || bad === undefined || c === undefined) throw new Error('not produced');
    harness.cluster.report(otherRecordInvalid, [a, c]);
    await harness.report(invalidRecord, [bad]);
    await answerAll(harness, ['bad']);
    expect(sent.statuses()).toEqual(['delivered', 'failed KAFKA_ERROR', 'delivered']);
  });

  it('fails alone without idempotence as well, and its key goes on', async () => {
    const harness = await ready({ config: { 'enable.idempotence': false } });
    const sent = await harness.sent([
      keyed('a', 'a1'),
      keyed('b', 'bad'),
      keyed('a', 'a2'),
      keyed('b', 'b2'),
    ]);
    await answerAll(harness, ['bad']);
    expect(sent.statuses()).toEqual(['delivered', 'failed KAFKA_ERROR', 'delivered', 'delivered']);
  });
});

describe('invalid records among others, wherever the client cuts its requests', () => {
  const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 12 }));
  const some = fc.array(fc.record({ key: fc.integer({ min: 0, max: 6 }), isWrong: fc.boolean() }), {
    minLength: 1,
    maxLength: 60,
  });

  it('fail, and never break the order of a key', async () => {
    const property = fc.asyncProperty(some, cuts, fc.boolean(), async (given, sizes, safe) => {
      const harness = await ready({ config: { 'enable.idempotence': safe } });
      const sent = await harness.sent(given.map(({ key }, n) => keyed(`k${key}`, `v${n}`)));
      const written: number[] = [];
      while (harness.cluster.waiting.length > 0) {
        const [size = 1] = sizes.take(1);
        const request = harness.cluster.waiting.slice(0, size);
        const places = request.map((one) => Number(valueOf(one).slice(1)));
        const isRefused = places.some((n) => given[n]?.isWrong);
        if (!isRefused) written.push(...places);
        await harness.report(isRefused ? invalidRecord : 0, request);
      }
      const statuses = sent.statuses();
      for (const [n, { key, isWrong }] of given.entries()) {
        const ofKey = written.filter((other) => given[other]?.key === key);
        expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
        if (isWrong) expect(statuses[n]).toBe('failed KAFKA_ERROR');
        else if (statuses[n] !== 'delivered') {
          // It was overtaken, which never happens with a client without idempotence.
          expect([safe, statuses[n]]).toEqual([true, 'failed KAFKA_ERROR']);
          expect(ofKey.some((other) => other > n)).toBe(true);
        }
        expect(ofKey.includes(n)).toBe(statuses[n] === 'delivered');
      }
    });
    await checkProperty(property);
  });
});
