import { ProducerError, type ProducerEvents, type ProducerRecord } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { createDelivery, fakeClock, simulatedDisk, statOf, testEnv } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Harness, running } from './harness.fixture.js';
import { journal } from '../src/journal.js';

const of = (count: number, valueBytes = 100): ProducerRecord[] =>
  Array.from({ length: count }, () => ({ topic: 'orders', key: 'k', value: 'v'.repeat(valueBytes) }));
const nothing = { waitingRecords: 0, waitingBytes: 0, oldestWaitingMs: 0 };
const forNow = failed(new ProducerError('LEADER_UNAVAILABLE', 'for a test', { retriable: true }));
const small = { directory: '/outbox', segmentBytes: 16 * 1024, maxBytes: 2 ** 20 } as const;

describe('what waits in the journal', () => {
  it('is nothing before the start, and when Kafka has everything', async () => {
    expect(
      new Harness({ disk: simulatedDisk(), clock: fakeClock(), journal: small }).stage.stats?.(),
    ).toMatchObject({
      state: 'not started',
      maxBytes: 2 ** 20,
      recoveredRecords: 0,
      recoveryMs: 0,
      ...nothing,
    });
    const { one, clock } = await running();
    one.send(of(3));
    await clock.advance(1_000);
    one.answer();
    await clock.advance(60_000);
    expect(one.stage.stats?.()).toMatchObject({ inFlightRecords: 0, ...nothing });
  });

  it('excludes what is in flight; the oldest is that of all records', async () => {
    const { one, clock } = await running({ maxInFlightRecords: 20 });
    one.send(of(4));
    await clock.advance(700);
    expect(one.stage.stats?.()).toMatchObject({
      inFlightRecords: 4,
      waitingRecords: 0,
      waitingBytes: 0,
      oldestWaitingMs: 700,
    });
    one.send(of(40));
    await clock.advance(300);
    expect(one.stage.stats?.()).toMatchObject({
      backlogRecords: 44,
      inFlightRecords: one.belowCount,
      waitingRecords: 44 - one.belowCount,
      oldestWaitingMs: 1_000,
    });
    expect(one.belowCount).toBeLessThanOrEqual(20);
    one.answerFirst(4);
    expect(one.stat('oldestWaitingMs')).toBe(300);
  });

  it.each(['journaled', 'delivered'] as const)(
    'has about the size it takes on disk, acknowledge: %s',
    async (acknowledge) => {
      const { one, clock } = await running({ maxInFlightRecords: 1, acknowledge });
      for (let i = 0; i < 20; i++) {
        one.send(of(50));
        await clock.advance(10);
      }
      const bytes = Number(one.stat('waitingBytes'));
      expect(one.stat('waitingRecords')).toBe(999);
      expect(bytes).toBeGreaterThan(999 * 101);
      expect(bytes).toBeLessThan(999 * 130);
      while (one.belowCount > 0) {
        one.answer();
        await clock.advance(1);
      }
      expect(one.stage.stats?.()).toMatchObject(nothing);
    },
  );

  it('includes what is not written yet, and what bypasses the journal', async () => {
    const { one, clock, disk } = await running({ whenFull: 'bypass', maxInFlightRecords: 20 });
    one.send(of(20));
    expect(one.stage.stats?.()).toMatchObject({ backlogRecords: 20, waitingRecords: 20, inFlightRecords: 0 });
    expect(Number(one.stat('waitingBytes'))).toBeGreaterThan(20 * 101);
    await clock.advance(100);
    one.answerFirst(5);
    await clock.advance(100);
    expect(one.stat('waitingRecords')).toBe(15 - one.belowCount);
    disk.faults.every({ operation: 'write' }, { error: 'EIO' });
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    one.send(of(30));
    await clock.advance(1_000);
    expect(one.stage.stats?.()).toMatchObject({
      backlogRecords: 15,
      bypassedRecords: 30,
      inFlightRecords: one.belowCount,
      waitingRecords: 45 - one.belowCount,
      oldestWaitingMs: 1_200,
    });
    expect(one.belowCount).toBeLessThan(21);
    expect(Number(one.stat('waitingBytes'))).toBeGreaterThan(24 * 101);
    for (let i = 0; i < 20; i++) {
      one.answer();
      await clock.advance(1);
    }
    expect(one.stage.stats?.()).toMatchObject(nothing);
  });

  it('includes what is to be retried: that is not in flight', async () => {
    const { one, clock } = await running({ acknowledge: 'journaled' });
    one.send(of(3));
    await clock.advance(1_000);
    one.answerFirst(1, forNow);
    expect(one.stage.stats?.()).toMatchObject({
      inFlightRecords: 2,
      waitingRecords: 1,
      oldestWaitingMs: 1_000,
    });
    one.answer();
    await clock.advance(60_000);
    expect(one.stage.stats?.()).toMatchObject({ inFlightRecords: 1, waitingRecords: 0 });
    one.answer();
    expect(one.stage.stats?.()).toMatchObject({ inFlightRecords: 0, inFlightBytes: 0, ...nothing });
  });

  it('keeps its age while the disk takes nothing', async () => {
    const { one, clock, disk } = await running({ whenFull: 'block' });
    disk.faults.every({ operation: 'write' }, { error: 'EIO' });
    for (let i = 0; i < 10; i++) {
      one.send(of(1));
      await clock.advance(1_000);
    }
    expect(one.stage.stats?.()).toMatchObject({
      state: 'stalled',
      waitingRecords: 10,
      oldestWaitingMs: 10_000,
    });
  });
});

it('a record that goes down was held by the journal since it arrived there, not since send', async () => {
  const clock = fakeClock();
  const env = testEnv({ clock, disk: simulatedDisk({ clock }) });
  const since: number[] = [];
  const stage = journal(small).bind((batch) => since.push(...batch.map(({ heldSince }) => heldSince)), env);
  await clock.until(Promise.resolve(stage.start?.(new AbortController().signal)));
  await clock.advance(1_000);
  const delivery = createDelivery(of(1)[0] ?? { topic: 'orders', value: null }, { createdAt: 200 });
  delivery.heldSince = 900; // it has waited for room
  stage.send([delivery], () => undefined);
  await clock.advance(1_000);
  expect(since).toEqual([900]);
});

it('a record that is read back was held by the journal since it was sent, across restarts, too', async () => {
  const { one, clock, disk } = await running({ acknowledge: 'journaled' });
  one.send([{ topic: 'orders', value: 'v', timestamp: clock.wallTime() }]);
  await clock.advance(1_000);
  const later = fakeClock({ nowMs: 0, wallTimeMs: clock.wallTime() + 3_600_000 });
  const env = testEnv({ clock: later, disk: disk.kill() });
  const since: number[] = [];
  const stage = journal(small).bind((batch) => since.push(...batch.map(({ heldSince }) => heldSince)), env);
  await later.until(Promise.resolve(stage.start?.(new AbortController().signal)));
  await later.advance(1_000);
  expect(since).toEqual([-3_601_000]);
});

describe('after a restart', () => {
  it('knows how many records were left, and how old the oldest is', async () => {
    const { one, clock, disk } = await running({ acknowledge: 'journaled' });
    for (let i = 0; i < 100; i++) {
      one.send([{ topic: 'orders', value: 'v', timestamp: clock.wallTime() }]);
      await clock.advance(1_000);
    }
    one.answerFirst(30);
    await clock.advance(1_000);
    const age = Number(one.stat('oldestWaitingMs'));
    expect(age).toBe(71_000);
    const later = fakeClock({ nowMs: 7, wallTimeMs: clock.wallTime() + 3_600_000 });
    const next = new Harness({ disk: disk.kill(), clock: later, journal: small });
    await later.until(next.start());
    expect(next.stage.stats?.()).toMatchObject({ recoveredRecords: 70, backlogRecords: 70 });
    const said = Number(next.stat('oldestWaitingMs'));
    expect(said - 3_600_000 - age).toBeGreaterThanOrEqual(0);
    expect(said - 3_600_000 - age).toBeLessThan(1_000);
    await later.advance(1_000);
    next.answerFirst(69);
    next.send(of(1));
    await later.advance(1_000);
    const last = Number(next.stat('oldestWaitingMs'));
    expect(last).toBeGreaterThanOrEqual(3_600_000 + 4_000);
    expect(last).toBeLessThan(3_600_000 + 5_000);
    next.answer();
    await later.advance(1_000);
    expect(next.stage.stats?.()).toMatchObject({ recoveredRecords: 70, ...nothing });
  });

  it('knows how long it took to find them', async () => {
    const { one, clock, disk } = await running();
    one.send(of(1));
    await clock.advance(1_000);
    const later = fakeClock();
    const itsDisk = disk.kill();
    const read = itsDisk.open.bind(itsDisk);
    itsDisk.open = (path, mode) =>
      new Promise((resolve) => later.after(250, () => resolve(read(path, mode))));
    const next = new Harness({ disk: itsDisk, clock: later, journal: small });
    await later.until(next.start());
    expect(next.stat('recoveryMs')).toBeGreaterThanOrEqual(250);
    expect(next.stat('recoveryMs')).toBe(next.said['journal.recovered'][0]?.ms);
  });
});

describe('journal.synced', () => {
  /** Records of 1,000 bytes, one every 10 ms; syncs take 7 ms. */
  async function syncing(
    fsync: 'always' | 'interval',
    listen: boolean,
  ): Promise<{
    readonly told: ProducerEvents['journal.synced'][];
    readonly emitted: string[];
    syncs: number;
  }> {
    const clock = fakeClock();
    const env = testEnv({ clock, disk: simulatedDisk({ clock, syncMs: 7 }) });
    const emitted: string[] = [];
    const emit = env.events.emit.bind(env.events);
    env.events.emit = (name, payload) => {
      emitted.push(name);
      emit(name, payload);
    };
    const told: ProducerEvents['journal.synced'][] = [];
    if (listen) env.events.on('journal.synced', (one) => told.push(one));
    const interval = fsync === 'interval' ? { fsyncIntervalMs: 100 } : {};
    const options = { ...small, segmentBytes: 2 ** 20, maxBytes: 2 ** 24, fsync, ...interval };
    const stage = journal(options).bind(() => undefined, env);
    await clock.until(Promise.resolve(stage.start?.(new AbortController().signal)));
    await clock.advance(1_000);
    for (let i = 0; i < 100; i++) {
      stage.send([createDelivery({ topic: 'orders', value: 'v'.repeat(1_000) })], () => undefined);
      await clock.advance(10);
    }
    await clock.advance(1_000);
    return { told, emitted, syncs: Number(statOf(stage, 'syncs')) };
  }

  it.each([
    ['always', 100],
    ['interval', 10],
  ] as const)(
    "reports how long each sync took and what it made durable: fsync '%s'",
    async (fsync, least) => {
      const { told, syncs } = await syncing(fsync, true);
      expect(told).toHaveLength(syncs);
      expect(syncs).toBeGreaterThanOrEqual(least);
      expect(syncs).toBeLessThan(least * 1.2);
      expect(told.every(({ durationMs }) => durationMs === 7)).toBe(true);
      const bytes = told.reduce((sum, one) => sum + one.bytes, 0);
      expect(bytes).toBeGreaterThan(100 * 1_000);
      expect(bytes).toBeLessThan(100 * 1_200);
    },
  );

  it('is not emitted without a listener', async () => {
    const { emitted, syncs } = await syncing('always', false);
    expect(syncs).toBeGreaterThan(90);
    expect(emitted).not.toContain('journal.synced');
  });
});
