import { ProducerError } from '@holdfast/core';
import { failed, type SerializedRecord } from '@holdfast/core/stage';
import type { FakeClock, SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { running as start, type Harness } from './harness.fixture.js';
import type { JournalOptions } from '../src/options.js';

/** A journal over a Kafka that answers at once, with room for a hundred records in flight. */
const running = (options: Partial<JournalOptions> = {}, disk?: SimulatedDisk): ReturnType<typeof start> =>
  start({ acknowledge: 'journaled', maxInFlightRecords: 100, ...options }, disk);

const records = (topic: string, count: number, from = 0): { topic: string; key: string; value: string }[] =>
  Array.from({ length: count }, (_, i) => ({ topic, key: `k${i % 3}`, value: String(from + i) }));

const handedOf = ({ handed }: Harness, topic: string): number[] =>
  handed
    .filter((record: SerializedRecord) => record.topic === topic)
    .map(({ value }) => Number(String(value)));

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/**
 * Settles what a topic has in flight, and what comes down of it meanwhile, until there is no more.
 */
async function drain(
  { one, clock }: { readonly one: Harness; readonly clock: FakeClock },
  topic: string,
): Promise<void> {
  for (let before = -1; before !== handedOf(one, topic).length; ) {
    before = handedOf(one, topic).length;
    one.answerTopic(topic);
    await clock.advance(100);
  }
}

describe('a topic that is stuck', () => {
  it('has its share of the room; then others skip it, whatever it has on disk', async () => {
    const { one, clock } = await running();
    one.send([...records('ghost', 500), ...records('orders', 10)]);
    await clock.advance(900);
    expect([handedOf(one, 'ghost').length, handedOf(one, 'orders')]).toEqual([60, []]);
    await clock.advance(200);
    expect(handedOf(one, 'orders')).toEqual(upTo(10));
    expect(one.said['journal.topicPaused']).toEqual([{ topic: 'ghost', records: 60 }]);
    expect(one.logger.text()).toContain("the journal skips topic 'ghost'");
    one.answerTopic('orders');
    one.send([...records('ghost', 500, 500), ...records('orders', 10, 10)]);
    await clock.advance(10);
    expect([handedOf(one, 'ghost').length, handedOf(one, 'orders')]).toEqual([60, upTo(20)]);
    expect([one.stat('pausedTopics'), one.stat('state')]).toEqual([1, 'behind']);
    await clock.advance(200_000);
    expect(one.said['journal.heldBack']).toEqual([]);
  });

  it('resumes where it was left when it recovers, in order, then with the others', async () => {
    const world = await running();
    const { one, clock } = world;
    one.send([...records('ghost', 500), ...records('orders', 10)]);
    await clock.advance(1_100);
    one.send([...records('ghost', 500, 500), ...records('orders', 10, 10)]);
    await clock.advance(100);
    await drain(world, 'ghost');
    expect(one.logger.text()).toContain("warn the journal has caught up with topic 'ghost'");
    expect(handedOf(one, 'ghost')).toEqual(upTo(1_000));
    expect(one.said['journal.topicResumed']).toEqual([{ topic: 'ghost' }]);
    one.send(records('ghost', 5, 1_000));
    await clock.advance(10);
    expect(handedOf(one, 'ghost')).toEqual(upTo(1_005));
    one.answer();
    await clock.advance(20_000);
    expect([one.stat('backlogRecords'), one.stat('state'), clock.pending]).toEqual([0, 'open', 0]);
    expect(one.stat('segments')).toBe(1);
  });

  it('is not read back beyond the room there is, and the others do not wait for that', async () => {
    const { one, clock } = await running();
    one.send([...records('ghost', 500), ...records('orders', 10)]);
    await clock.advance(1_100);
    one.answerTopic('orders');
    one.answerTopic('ghost', 30);
    await clock.advance(100);
    expect(one.belowCount).toBe(60);
    expect(handedOf(one, 'ghost')).toEqual(upTo(90));
    one.send(records('orders', 10, 10));
    await clock.advance(10);
    expect(handedOf(one, 'orders')).toEqual(upTo(20));
  });

  it('is one of several, each of which leaves room for the others', async () => {
    const world = await running({ maxInFlightRecords: 1_000, maxBytes: 2 ** 24 });
    const { one, clock } = world;
    const ghosts = Array.from({ length: 60 }, (_, i) => `ghost${i}`);
    one.send([...ghosts.flatMap((ghost) => records(ghost, 100)), ...records('orders', 10)]);
    await clock.advance(70_000);
    await drain(world, 'orders');
    expect(handedOf(one, 'orders')).toEqual(upTo(10));
    expect(Number(one.stat('pausedTopics'))).toBeGreaterThan(50);
    expect(one.belowCount).toBeLessThan(1_000);
    for (const ghost of ghosts) {
      await drain(world, ghost);
      expect(handedOf(one, ghost)).toEqual(upTo(100));
    }
    await clock.advance(1_000);
    expect(one.stat('backlogRecords')).toBe(0);
  });

  it('is sent by the next start after a kill, and nothing that was settled is sent twice', async () => {
    const { one, clock, disk } = await running();
    one.send([...records('ghost', 500), ...records('orders', 10)]);
    await clock.advance(1_100);
    one.answerTopic('orders');
    one.answerTopic('ghost', 20);
    await clock.advance(1_000);
    const next = await running({}, disk.kill());
    await drain(next, 'ghost');
    expect(handedOf(next.one, 'ghost')).toEqual(upTo(500).slice(20));
    expect(handedOf(next.one, 'orders')).toEqual([]);
  });

  it('is given up after its time, including what was left on disk', async () => {
    const { one, clock } = await running({ giveUpAfterMs: 60_000 });
    const late = failed(new ProducerError('DELIVERY_TIMEOUT', 'too late', { retriable: true }));
    one.send([...records('ghost', 200), ...records('orders', 1)]);
    for (let i = 0; i < 5; i++) {
      await clock.advance(60_000);
      one.answerTopic('ghost', Infinity, late);
    }
    one.answerTopic('orders');
    await clock.advance(1_000);
    expect(handedOf(one, 'ghost')).toEqual(upTo(200));
    expect(one.undelivered).toHaveLength(200);
    expect(one.stat('backlogRecords')).toBe(0);
  });

  it('is read back once the disk can be read again', async () => {
    const world = await running();
    const { one, clock, disk } = world;
    one.send([...records('ghost', 500), ...records('orders', 10)]);
    await clock.advance(1_100);
    disk.faults.every({ call: 1, operation: 'read' }, { error: 'EIO' });
    one.answerTopic('ghost');
    await clock.advance(5_000);
    expect(handedOf(one, 'ghost')).toHaveLength(60);
    expect(one.logger.text()).toContain('cannot be read back');
    disk.faults.clear();
    await clock.advance(2_000);
    await drain(world, 'ghost');
    expect(handedOf(one, 'ghost')).toEqual(upTo(500));
  });

  it('holds flush up to its deadline, leaves no timer behind at close, and stays on disk', async () => {
    const { one, clock, disk } = await running();
    one.send([...records('ghost', 200), ...records('orders', 10)]);
    await clock.advance(500);
    await clock.until(one.close(100));
    expect(clock.pending).toBe(0);
    const next = await running({}, disk.kill());
    await next.clock.advance(2_000);
    next.one.answerTopic('orders');
    await next.clock.until(next.one.close(1_000));
    expect(next.clock.pending).toBe(0);
    expect(next.one.stat('backlogRecords')).toBe(200);
  });

  it('is set aside in memory while callers wait for its records, until their deadline', async () => {
    const { one, clock } = await running({ acknowledge: 'delivered' });
    const sent = one.send(records('ghost', 100), clock.now() + 30_000);
    one.send(records('orders', 10));
    await clock.advance(2_000);
    expect(handedOf(one, 'orders')).toEqual(upTo(10));
    one.answerTopic('orders');
    expect(one.stage.ready?.()).toBeUndefined();
    one.send(records('ghost', 100, 100), clock.now() + 30_000);
    await clock.advance(10);
    expect(one.stage.ready?.()).toBeInstanceOf(Promise);
    await clock.advance(28_000);
    expect(one.errorOf(sent[99])?.code).toBe('DELIVERY_TIMEOUT');
    expect(one.stage.ready?.()).toBeInstanceOf(Promise);
    await clock.advance(2_000);
    expect(one.stage.ready?.()).toBeUndefined();
    one.answerTopic('ghost');
    await clock.advance(1_000);
    expect([handedOf(one, 'ghost'), one.stat('pausedTopics')]).toEqual([upTo(60), 0]);
    one.send(records('ghost', 10, 200));
    await clock.advance(10);
    expect(handedOf(one, 'ghost').slice(60)).toEqual(upTo(210).slice(200));
  });

  it('sends what an earlier start left first, then what callers wait for', async () => {
    const before = await running();
    before.one.send(records('ghost', 200));
    await before.clock.advance(10);
    const world = await running({ acknowledge: 'delivered' }, before.disk.kill());
    const { one, clock } = world;
    const sent = one.send([...records('ghost', 30, 200), ...records('orders', 1)], clock.now() + 60_000);
    await clock.advance(2_000);
    expect([handedOf(one, 'ghost').length, handedOf(one, 'orders')]).toEqual([60, [0]]);
    await drain(world, 'ghost');
    expect(handedOf(one, 'ghost')).toEqual(upTo(230));
    expect(one.outcomeOf(sent[29])?.status).toBe('delivered');
    expect(one.stat('pausedTopics')).toBe(0);
  });

  it('takes no more memory than allowed for what follows records that the disk did not take', async () => {
    const world = await running({ whenFull: 'bypass' });
    const { one, clock, disk } = world;
    one.send(records('ghost', 100));
    await clock.advance(2_000);
    disk.faults.every({ call: 1, operation: 'write' }, { error: 'ENOSPC' });
    one.send(records('ghost', 30, 100));
    await clock.advance(100);
    expect(one.stat('bypassedRecords')).toBe(30);
    disk.faults.clear();
    await clock.advance(20_000);
    one.send([...records('ghost', 500, 130), ...records('orders', 1)]);
    await clock.advance(20_000);
    expect([handedOf(one, 'ghost').length, handedOf(one, 'orders')]).toEqual([60, []]);
    expect(one.said['journal.heldBack']).toEqual([
      { records: 60, topics: [{ topic: 'ghost', records: 60 }] },
    ]);
    await drain(world, 'ghost');
    expect(handedOf(one, 'ghost')).toEqual(upTo(630));
    expect(handedOf(one, 'orders')).toEqual([0]);
  });

  it('is read back once, however little room there is', async () => {
    const world = await running();
    const { one, clock, disk } = world;
    one.send(records('ghost', 5_000));
    await clock.advance(2_000);
    const before = disk.log.length;
    await drain(world, 'ghost');
    expect(handedOf(one, 'ghost')).toEqual(upTo(5_000));
    const read = disk.log.slice(before).filter(({ operation }) => operation === 'read');
    const bytes = read.reduce((sum, call) => sum + (call.bytes ?? 0), 0);
    expect(bytes).toBeLessThan(2 ** 18);
  });

  it('is not one that is merely slow', async () => {
    const { one, clock } = await running();
    one.send([...records('slow', 200), ...records('orders', 1)]);
    for (let i = 0; i < 100; i++) {
      await clock.advance(900);
      one.answerTopic('slow', 1);
    }
    expect(one.said['journal.topicPaused']).toEqual([]);
    expect(handedOf(one, 'slow')).toEqual(upTo(160));
  });
});

describe('a topic whose records fail for now', () => {
  const down = failed(new ProducerError('BROKER_UNREACHABLE', 'down', { retriable: true }));

  it('waits until they can be retried, in order; the others do not', async () => {
    const world = await running();
    const { one, clock } = world;
    one.send([...records('ghost', 50), ...records('orders', 1)]);
    await clock.advance(10);
    for (let i = 1; i < 100; i++) {
      one.answerTopic('ghost', Infinity, down);
      one.answerTopic('orders');
      one.send([...records('ghost', 10, 40 + 10 * i), ...records('orders', 1, i)]);
      await clock.advance(100);
      expect(handedOf(one, 'orders')).toEqual(upTo(i + 1));
    }
    expect(one.said['journal.topicPaused'][0]).toEqual({
      topic: 'ghost',
      records: 50,
      code: 'BROKER_UNREACHABLE',
    });
    expect(new Set(handedOf(one, 'ghost'))).toEqual(new Set(upTo(50)));
    const before = handedOf(one, 'ghost').length;
    await clock.advance(60_000);
    await drain(world, 'ghost');
    one.answerTopic('orders');
    expect(handedOf(one, 'ghost').slice(before)).toEqual(upTo(1_040));
    await clock.advance(1_000);
    expect([one.stat('backlogRecords'), one.stat('inFlightRecords'), one.stat('pausedTopics')]).toEqual([
      0, 0, 0,
    ]);
  });

  it('keeps its room, so that many such topics take no more memory than allowed', async () => {
    const { one, clock } = await running();
    const ghosts = Array.from({ length: 20 }, (_, i) => `ghost${i}`);
    one.send(ghosts.flatMap((ghost) => records(ghost, 50)));
    for (let i = 0; i < 50; i++) {
      one.answer(down);
      await clock.advance(500);
      expect(Number(one.stat('inFlightRecords'))).toBeLessThanOrEqual(100);
    }
    for (let i = 0; i < 200; i++) {
      await clock.advance(1_000);
      one.answer();
    }
    for (const ghost of ghosts) expect(new Set(handedOf(one, ghost)).size).toBe(50);
    expect(one.stat('backlogRecords')).toBe(0);
  });
});
