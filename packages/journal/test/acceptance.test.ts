import { ProducerError, type ProducerRecord } from '@holdfast/core';
import type { Clock } from '@holdfast/core/stage';
import { fakeClock, simulatedDisk, type FakeClock } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, Harness, running } from './harness.fixture.js';
import { journal } from '../src/journal.js';

const small = { directory: '/outbox', segmentBytes: 16 * 1024, maxBytes: 2 ** 20 } as const;
const record = { topic: 'orders', key: 'k', value: 'v' };
const accepted = { status: 'accepted', by: 'journal' };
const acceptAfterMs = 10_000;

const numbered = (count: number, topic = 'orders'): ProducerRecord[] =>
  Array.from({ length: count }, (_, i) => ({ topic, key: 'k', value: String(i) }));
const valuesOf = ({ handed }: Harness): string[] =>
  handed.map(({ value }) => String(value && Buffer.from(value)));
const failedFor = (code: 'LEADER_UNAVAILABLE' | 'RECORD_TOO_LARGE', retriable: boolean) =>
  ({ status: 'failed', error: new ProducerError(code, 'for a test', { retriable }) }) as const;

const clockOf = (clock: Clock): Clock => ({
  now: () => clock.now(),
  wallTime: () => clock.wallTime(),
  after: (ms, run) => clock.after(ms, run),
  soon: (run) => clock.soon(run),
});

/** Settles all that comes down, until nothing more does. */
async function drain(one: Harness, clock: FakeClock): Promise<void> {
  for (let before = -1; before !== one.handed.length; ) {
    before = one.handed.length;
    one.answer();
    await clock.advance(100);
  }
}

describe('acceptAfterMs', () => {
  it('accepts a record that is on disk and not delivered in time, and goes on sending it', async () => {
    const { one, clock } = await running({ acceptAfterMs });
    const [sent] = one.send([record]);
    await clock.advance(acceptAfterMs - 10);
    expect(one.outcomeOf(sent)).toBeUndefined();
    await clock.advance(100);
    expect(one.outcomeOf(sent)).toEqual(accepted);
    expect(one.stat('backlogRecords')).toBe(1);
    one.answer();
    await clock.advance(1_000);
    expect(one.handed).toHaveLength(1);
    expect(one.stat('backlogRecords')).toBe(0);
    expect(one.undelivered).toEqual([]);
  });

  it('does not concern a record that is delivered in time', async () => {
    const { one, clock } = await running({ acceptAfterMs });
    const [sent] = one.send([record]);
    await clock.advance(5_000);
    one.answer();
    await clock.advance(20_000);
    expect(one.outcomeOf(sent)).toEqual(delivered);
  });

  it('reports later permanent failures, and retries temporary ones', async () => {
    const { one, clock } = await running({ acceptAfterMs });
    one.send([record]);
    await clock.advance(acceptAfterMs + 100);
    one.answer(failedFor('LEADER_UNAVAILABLE', true));
    await clock.advance(1_000);
    expect(one.handed).toHaveLength(2);
    one.answer(failedFor('RECORD_TOO_LARGE', false));
    await clock.advance(1_000);
    expect(one.undelivered).toEqual(['RECORD_TOO_LARGE']);
    expect(one.stat('backlogRecords')).toBe(0);
    expect(one.counts).toEqual({ accepted: 1 });
  });

  it("overrides the caller's deadline once the journal has accepted the record", async () => {
    const { one, clock } = await running({ acceptAfterMs });
    const now = Math.trunc(clock.now());
    one.send([record], now + 120_000);
    one.send([record], now + 5_000);
    await clock.advance(100);
    expect(one.deadlines).toEqual([Infinity, now + 5_000]);
  });

  it('yields to a shorter delivery deadline', async () => {
    const { one, clock } = await running({ acceptAfterMs, maxInFlightRecords: 1 });
    one.send([record]);
    const [late] = one.send([record], clock.now() + 5_000);
    await clock.advance(5_100);
    expect(one.errorOf(late)?.code).toBe('DELIVERY_TIMEOUT');
    await clock.advance(20_000);
    expect(one.counts).toEqual({ failed: 1, accepted: 1 });
  });

  it('accepts a record only once the disk has it', async () => {
    const { one, clock, disk } = await running({ acceptAfterMs });
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    const [sent] = one.send([record]);
    await clock.advance(3 * acceptAfterMs);
    expect(one.outcomeOf(sent)).toBeUndefined();
    disk.faults.clear();
    await clock.advance(10_000);
    expect(one.outcomeOf(sent)).toEqual(accepted);
    expect(one.handed).toHaveLength(1);
  });

  it('does not apply to a record that bypassed the journal, nor at close', async () => {
    const { one, clock, disk } = await running({ acceptAfterMs, whenFull: 'bypass' });
    disk.faults.every({ operation: 'write' }, { error: 'ENOSPC' });
    const [sent] = one.send([record]);
    await clock.advance(1_000);
    expect(one.stat('bypassedRecords')).toBe(1);
    await clock.advance(3 * acceptAfterMs);
    expect(one.outcomeOf(sent)).toBeUndefined();
    await clock.until(one.close(1_000));
    expect(one.errorOf(sent)?.code).toBe('CLOSED');
  });

  it('accepts what is on disk at close, and the next start sends it', async () => {
    const { one, clock, disk } = await running({ acceptAfterMs });
    const [sent] = one.send([record]);
    await clock.advance(100);
    await clock.until(one.close(1_000));
    expect(one.outcomeOf(sent)).toEqual(accepted);
    const next = new Harness({ disk, clock, journal: small });
    await clock.until(next.start());
    expect(next.stat('backlogRecords')).toBe(1);
  });

  it('reads answers first that arrived while the process was suspended', async () => {
    const fake = fakeClock();
    let readSocket = (): void => undefined;
    const soon = (run: () => void): void =>
      fake.soon(() => {
        readSocket();
        run();
      });
    const clock = { ...clockOf(fake), soon };
    const one = new Harness({
      disk: simulatedDisk({ clock: fake }),
      clock,
      journal: { ...small, acceptAfterMs },
    });
    await fake.until(one.start());
    const [sent] = one.send([record]);
    await fake.advance(acceptAfterMs - 1);
    readSocket = () => one.answer();
    await fake.advance(100);
    expect(one.outcomeOf(sent)).toEqual(delivered);
  });

  it('uses one timer for all records', async () => {
    const { one, clock } = await running({ acceptAfterMs, maxInFlightRecords: 10 });
    await clock.advance(1_000);
    const before = clock.pending;
    for (let i = 0; i < 1_000; i++) {
      one.send([record]);
      if (i % 100 === 0) await clock.advance(10);
    }
    expect(clock.pending).toBeLessThanOrEqual(before + 4);
    await clock.advance(acceptAfterMs + 1_000);
    expect(one.counts).toEqual({ accepted: 1_000 });
    await clock.until(one.close(0));
    expect(clock.pending).toBe(0);
  });

  it('lets the disk take an outage that memory cannot, and keeps the order', async () => {
    const { one, clock } = await running({ acceptAfterMs, maxInFlightRecords: 20, maxBytes: 2 ** 22 });
    const all = numbered(500);
    for (let i = 0; i < 40; i++) one.send([all[i] ?? record]);
    await clock.advance(100);
    expect(one.stage.ready?.()).toBeDefined();
    await clock.advance(acceptAfterMs);
    expect(one.counts).toEqual({ accepted: 40 });
    let next = 40;
    for (; next < 400; next++) {
      if (one.stage.ready?.() !== undefined) await clock.advance(acceptAfterMs);
      expect(one.stage.ready?.()).toBeUndefined();
      one.send([all[next] ?? record]);
      await clock.advance(10);
    }
    // Kafka is back: what waits on disk goes down before new records.
    for (; next < 500; next++) {
      one.send([all[next] ?? record]);
      one.answer();
      await clock.advance(10);
    }
    await drain(one, clock);
    expect(valuesOf(one)).toEqual(all.map(({ value }) => value));
    expect(one.stat('backlogRecords')).toBe(0);
    expect(one.outcomes.size).toBe(500);
  });

  it('frees the memory of a topic that is stuck', async () => {
    const { one, clock } = await running({ acceptAfterMs, maxInFlightRecords: 20, maxBytes: 2 ** 22 });
    for (const value of numbered(30, 'stuck')) one.send([value]);
    await clock.advance(3_000);
    expect(one.said['journal.topicPaused']).toHaveLength(1);
    await clock.advance(acceptAfterMs);
    expect(one.counts).toEqual({ accepted: 30 });
    for (const value of numbered(30, 'stuck'))
      one.send([{ ...value, value: `later ${String(value.value)}` }]);
    await clock.advance(acceptAfterMs + 1_000);
    expect(one.stage.ready?.()).toBeUndefined();
    await drain(one, clock);
    const before = numbered(30).map(({ value }) => String(value));
    expect(valuesOf(one)).toEqual([...before, ...before.map((value) => `later ${value}`)]);
  });
});

describe('the option', () => {
  it("is refused with acknowledge: 'journaled', and when it is not a duration", () => {
    expect(() => journal({ ...small, acknowledge: 'journaled', acceptAfterMs })).toThrow(/acceptAfterMs/);
    expect(() => journal({ ...small, acceptAfterMs: 0 })).toThrow(/acceptAfterMs/);
  });

  it('is in the traits, for the composition check', () => {
    expect(journal({ ...small, acceptAfterMs }).traits).toMatchObject({
      answers: 'delivery',
      acceptsAfterMs: 10_000,
    });
    expect(journal(small).traits).toMatchObject({ answers: 'delivery', acceptsAfterMs: Infinity });
  });
});
