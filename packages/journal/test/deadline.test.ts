import { fakeClock, simulatedDisk, type FakeClock, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, Harness } from './harness.fixture.js';
import type { JournalOptions } from '../src/options.js';

const small = { directory: '/outbox', segmentBytes: 16 * 1024, maxBytes: 2 ** 20 } as const;
const record = { topic: 'orders', key: 'k', value: 'v' };

async function running(
  options: Partial<JournalOptions> = {},
  syncMs = 0,
): Promise<{ readonly one: Harness; readonly clock: FakeClock; readonly disk: SimulatedDisk }> {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock, syncMs });
  const one = new Harness({ disk, clock, journal: { ...small, ...options } });
  await clock.until(one.start());
  await clock.advance(1_000);
  return { one, clock, disk };
}

const expired = { error: { code: 'DELIVERY_TIMEOUT', stage: 'journal' } };

describe('a delivery deadline', () => {
  it.each(['delivered', 'journaled'] as const)(
    "that passes while the record is written is 'unknown', and the record is not sent, %s",
    async (acknowledge) => {
      const { one, clock, disk } = await running({ acknowledge }, 500);
      const [sent] = one.send([record], clock.now() + 100);
      await clock.advance(151);
      expect(one.outcomeOf(sent)).toMatchObject({ status: 'unknown', ...expired });
      await clock.advance(5_000);
      expect(one.handed).toEqual([]);
      expect(one.stat('backlogRecords')).toBe(0);
      await clock.advance(5_000);
      const next = new Harness({ disk: disk.kill(), clock: fakeClock(), journal: small });
      await next.start();
      expect(next.stat('backlogRecords')).toBe(0);
    },
  );

  it('that passes while the record waits for room below is a failure, and the record is never sent', async () => {
    const { one, clock, disk } = await running({ maxInFlightRecords: 1 });
    const [first] = one.send([record]);
    const [second, third] = one.send([record, record], clock.now() + 100);
    await clock.advance(151);
    expect(one.outcomeOf(first)).toBeUndefined();
    for (const late of [second, third]) {
      expect(one.outcomeOf(late)).toMatchObject({ status: 'failed', ...expired });
    }
    expect(one.stat('backlogRecords')).toBe(1);
    await clock.advance(100);
    const next = new Harness({
      disk: disk.fork().kill(),
      clock: fakeClock(),
      journal: small,
    });
    await next.start();
    expect(next.stat('backlogRecords')).toBe(1);
    one.answer();
    await clock.advance(1_000);
    expect(one.handed).toHaveLength(1);
    const [fourth] = one.send([record], clock.now() + 100);
    await clock.advance(10);
    one.answer();
    expect(one.outcomeOf(fourth)).toMatchObject({ status: 'delivered' });
  });

  it('that passes while the record is in flight is left to the stages below', async () => {
    const { one, clock } = await running();
    const [sent] = one.send([record], clock.now() + 100);
    await clock.advance(10_000);
    expect(one.outcomeOf(sent)).toBeUndefined();
    one.answer();
    expect(one.outcomeOf(sent)).toMatchObject({ status: 'delivered' });
  });

  it('does not apply to an accepted record', async () => {
    const { one, clock } = await running({ acknowledge: 'journaled', maxInFlightRecords: 1 });
    one.send([record, record], clock.now() + 100);
    await clock.advance(10_000);
    expect(one.counts).toEqual({ accepted: 2 });
    one.answer();
    await clock.advance(1);
    one.answer();
    await clock.advance(1);
    expect(one.handed).toHaveLength(2);
    expect(one.stat('backlogRecords')).toBe(0);
  });

  it('ends the wait for a disk that takes no records', async () => {
    const { one, clock, disk } = await running();
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    const [sent] = one.send([record], clock.now() + 1_000);
    await clock.advance(1_051);
    expect(one.outcomeOf(sent)).toMatchObject({ status: 'unknown', ...expired });
    disk.faults.clear();
    await clock.advance(10_000);
    expect(one.handed).toEqual([]);
    expect(one.stat('backlogRecords')).toBe(0);
  });

  it('of many records takes one timer', async () => {
    const { one, clock } = await running({ maxInFlightRecords: 1 });
    one.send([record]);
    for (let i = 0; i < 1_000; i++) one.send([record], clock.now() + 1_000 + (i % 100));
    await clock.advance(10);
    expect(clock.pending).toBeLessThan(5);
    await clock.advance(1_200);
    expect(one.counts).toEqual({ failed: 1_000 });
    one.answer(delivered);
    await clock.until(one.close());
    expect(clock.pending).toBe(0);
  });
});
