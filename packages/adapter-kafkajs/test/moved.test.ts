/** Partitions get another leader, and brokers another address, while requests wait for them. */
import { fakeClock, statOf, type FakeClock } from '@holdfast/testing';
import type { Outcome, ProducerRecord } from '@holdfast/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FakeKafka } from './fake-kafka/fake-kafka.js';
import { advanceUntil, harness, until, words, type Harness, type HarnessOptions } from './harness.js';

const topic = 'orders';
const to = (...partitions: number[]): ProducerRecord[] =>
  partitions.map((partition) => ({ topic, value: `p${partition}`, partition }));

type Known = Harness & { readonly clock: FakeClock };

/** Returns an adapter that has sent to each partition of `leaders`, and has all metadata. */
async function known(leaders: number[], options: HarnessOptions = {}): Promise<Known> {
  const clock = fakeClock();
  const all = { ...(await harness({ nodes: 2, ...options, clock })), clock };
  onTestFinished(() => clock.until(all.adapter.disconnect(clock.now())));
  all.kafka.topic(topic, leaders);
  await all.connected;
  expect(words(await all.send(to(...leaders.keys())))).toEqual(leaders.map(() => 'delivered'));
  await refreshed(all);
  return all;
}

/** Resolves when metadata was requested again, for whatever reason, and is known. */
async function refreshed({ kafka, adapter, clock }: Known): Promise<void> {
  const asked = kafka.metadataRequests;
  await clock.advance(100);
  await until(() => kafka.metadataRequests > asked && statOf(adapter, 'requestsInFlight') === 0);
}

/** Resolves with their outcomes; time does not advance meanwhile. */
async function soon(sent: Promise<Outcome[]>): Promise<string[]> {
  const ended: string[] = [];
  void sent.then((outcomes) => ended.push(...words(outcomes)));
  await until(() => ended.length > 0);
  return ended;
}

describe('a broker that does not lead a partition any more', () => {
  it.each([6, 'leave out'] as const)(
    'its response (%s) triggers the search for the new leader',
    async (answer) => {
      const all = await known([1]);
      const { kafka, send } = all;
      kafka.reactions.push(() => [answer]);
      const [first] = await send(to(0));
      expect(first?.status).toBe('unknown');
      kafka.topic(topic, [2]);
      await refreshed(all);
      expect(words(await send(to(0)))).toEqual(['delivered']);
      expect(kafka.requests.at(-1)).toMatchObject([{ node: 2 }]);
    },
  );
});

describe('a broker that names the new leader', () => {
  it('is believed at once: the next try goes there, without a metadata request', async () => {
    const { kafka, send } = await known([1, 2]);
    const asked = kafka.metadataRequests;
    kafka.reactions.push(() => [{ error: 6, leader: 2 }]);
    expect(words(await send(to(0)))).toEqual(['unknown LEADER_UNAVAILABLE']);
    expect(words(await send(to(0)))).toEqual(['delivered']);
    expect(kafka.requests.at(-1)).toMatchObject([{ partition: 0, node: 2 }]);
    expect(kafka.metadataRequests).toBe(asked);
  });

  it('is believed about a new broker, too', async () => {
    const { kafka, send } = await known([1], { nodes: 1 });
    await kafka.open(7);
    kafka.reactions.push(() => [{ error: 6, leader: 7 }]);
    await send(to(0));
    expect(words(await send(to(0)))).toEqual(['delivered']);
    expect(kafka.requests.at(-1)).toMatchObject([{ node: 7 }]);
  });

  it("is asked for metadata when it does not give the leader's address", async () => {
    const all = await known([1], { nodes: 1 });
    all.kafka.reactions.push(() => [{ error: 6, leader: 9 }]);
    await all.send(to(0));
    await refreshed(all);
    expect(words(await all.send(to(0)))).toEqual(['delivered']);
    expect(all.kafka.requests.at(-1)).toMatchObject([{ node: 1 }]);
  });
});

describe('a request that waits behind others for its broker', () => {
  /**
   * A request to node 1 is not answered, and one for its partition 1 waits behind it: after so long
   * a silence, brokers are asked who leads what now.
   */
  async function waiting(
    move: (kafka: FakeKafka) => unknown,
  ): Promise<Known & { readonly hangs: Promise<Outcome[]>; readonly waits: Promise<string[]> }> {
    const all = await known([1, 1, 2], { maxInFlight: 1 });
    const { kafka, clock, send } = all;
    kafka.reactions.push(() => 'write and hang');
    const sent = kafka.requests.length;
    const hangs = send(to(0));
    await until(() => kafka.requests.length > sent);
    await clock.advance(2_100);
    const waits = send(to(1));
    await move(kafka);
    await clock.advance(100);
    return { ...all, hangs, waits: soon(waits) };
  }

  it('goes to the new leader of its partition', async () => {
    const { kafka, clock, hangs, waits } = await waiting((it) => it.topic(topic, [1, 2, 2]));
    expect(await waits).toEqual(['delivered']);
    expect(kafka.requests.at(-1)).toMatchObject([{ partition: 1, node: 2 }]);
    expect(words(await clock.until(hangs))).toEqual(['unknown REQUEST_TIMED_OUT']);
  });

  it('goes to the new address of its broker; unanswered requests at the old one do not delay disconnect', async () => {
    const { adapter, clock, hangs, waits } = await waiting((it) => it.move(1));
    expect(await waits).toEqual(['delivered']);
    await clock.until(adapter.disconnect(clock.now()));
    expect(words(await hangs)).toEqual(['unknown CLOSE_TIMEOUT']);
    await clock.runSoon();
    expect(clock.pending).toBe(0);
  });
});

it('a broker that comes back under another node id, at the same address, gets records', async () => {
  const all = await known([1], { nodes: 1 });
  const { kafka, adapter, clock, send } = all;
  await kafka.renumber(1, 5);
  kafka.topic(topic, [5]);
  await until(() => statOf(adapter, 'connections') === 0);
  const asked = kafka.metadataRequests;
  await advanceUntil(
    clock,
    () => kafka.metadataRequests > asked && statOf(adapter, 'requestsInFlight') === 0,
  );
  expect(words(await send(to(0)))).toEqual(['delivered']);
  expect(kafka.requests.at(-1)).toMatchObject([{ node: 5 }]);
});
