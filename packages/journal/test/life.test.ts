import { ProducerError } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { fakeClock, simulatedDisk, type FakeClock, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, Harness } from './harness.fixture.js';
import type { JournalOptions } from '../src/options.js';

const record = { topic: 'orders', key: 'k', value: 'v' };
const records = (count: number): (typeof record)[] => Array.from({ length: count }, () => record);
const small = { directory: '/outbox', segmentBytes: 16 * 1024, maxBytes: 2 ** 20 } as const;

interface Running {
  readonly one: Harness;
  readonly clock: FakeClock;
  readonly disk: SimulatedDisk;
}

function created(options: Partial<JournalOptions> = {}, syncMs = 0): Running {
  const clock = fakeClock();
  const disk = simulatedDisk({ clock, syncMs });
  return { one: new Harness({ disk, clock, journal: { ...small, ...options } }), clock, disk };
}

async function running(options: Partial<JournalOptions> = {}, syncMs = 0): Promise<Running> {
  const all = created(options, syncMs);
  await all.clock.until(all.one.start());
  await all.clock.advance(1_000);
  return all;
}

/** Returns the values that the next start delivers. */
async function nextStart(disk: SimulatedDisk, clock = fakeClock()): Promise<number> {
  const one = new Harness({ disk, clock, journal: small, answer: delivered });
  await clock.until(one.start());
  await clock.runWhile(() => one.stat('backlogRecords') !== 0);
  await clock.until(one.close());
  return one.handed.length;
}

describe('close', () => {
  it('before the start does nothing, and no start follows it', async () => {
    const { one, disk } = created();
    await one.close();
    expect(disk.files()).toEqual([]);
    const [sent] = one.send([record]);
    expect(one.outcomeOf(sent)).toMatchObject({ status: 'failed', error: { code: 'CLOSED' } });
  });

  it('twice has the effect of once', async () => {
    const { one, clock } = await running();
    one.send([record]);
    await clock.advance(1);
    const both = Promise.all([one.close(0), one.close(10_000)]);
    await clock.until(both);
    expect(one.counts).toEqual({ unknown: 1 });
    expect(clock.pending).toBe(0);
    await one.close(0);
  });

  it('waits for what is in flight, until the deadline', async () => {
    const { one, clock } = await running();
    one.send(records(3));
    await clock.advance(1);
    const closing = one.close(1_000);
    await clock.advance(500);
    one.answer();
    await clock.until(closing);
    expect(clock.now()).toBe(1_501);
    expect(one.counts).toEqual({ delivered: 3 });
  });

  it('goes on sending what waits on disk, until the deadline', async () => {
    const { one, clock, disk } = await running({ acknowledge: 'journaled', maxInFlightRecords: 2 });
    one.send(records(20));
    await clock.advance(1);
    const closing = one.close(1_000);
    for (let i = 0; i < 5; i++) {
      one.answer();
      await clock.advance(1);
    }
    expect(one.handed).toHaveLength(12);
    await clock.until(closing);
    expect(await nextStart(disk.kill())).toBe(10);
  });

  it('during an outage of Kafka leaves the records on disk, with an error that advises against sending them again', async () => {
    const { one, clock, disk } = await running();
    const [sent] = one.send(records(5));
    await clock.advance(1);
    await clock.until(one.close(1_000));
    expect(one.counts).toEqual({ unknown: 5 });
    expect(one.errorOf(sent)).toMatchObject({ code: 'LEFT_IN_JOURNAL' });
    expect(one.errorOf(sent)?.message).toContain('do not send it again');
    expect(await nextStart(disk.kill())).toBe(5);
  });

  it('while failed records wait to be retried leaves them on disk', async () => {
    const { one, clock, disk } = await running({ acknowledge: 'journaled' });
    one.send(records(5));
    await clock.advance(1);
    one.answer(failed(new ProducerError('BROKER_UNREACHABLE', 'down', { retriable: true })));
    await clock.until(one.close(50));
    expect(clock.pending).toBe(0);
    expect(await nextStart(disk.kill())).toBe(5);
  });

  it('waits for the sync of a record that is being written', async () => {
    const { one, clock, disk } = await running({}, 300);
    one.send([record]);
    await clock.advance(1);
    await clock.until(one.close(100));
    expect(one.counts).toEqual({ unknown: 1 });
    expect(one.errorOf([...one.outcomes.keys()][0])).toMatchObject({ code: 'LEFT_IN_JOURNAL' });
    expect(await nextStart(disk.crash({ keep: 'none' }), clock)).toBe(1);
  });

  it('of a journal whose disk fails settles everything and releases the lock', async () => {
    const { one, clock, disk } = await running();
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    one.send(records(5));
    await clock.advance(100);
    const error = await clock.until(one.close(1_000)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeUndefined();
    expect(one.counts).toEqual({ unknown: 5 });
    disk.faults.clear();
    const nextClock = fakeClock();
    const next = new Harness({ disk, clock: nextClock, journal: small });
    await nextClock.until(next.start());
    await nextClock.until(next.close(0));
  });

  it('of a full journal settles everything, and what was never on disk is certainly not written', async () => {
    const { one, clock } = await running({ maxBytes: 64 * 1024, acknowledge: 'journaled' });
    const all = one.send(Array.from({ length: 100 }, () => ({ ...record, value: 'v'.repeat(1_000) })));
    await clock.advance(1_000);
    await clock.until(one.close(0));
    const { accepted = 0, failed: refused = 0 } = one.counts;
    expect(accepted + refused).toBe(all.length);
    expect(refused).toBeGreaterThan(0);
    expect(one.errorOf(all.at(-1))).toMatchObject({ code: 'JOURNAL_FULL' });
  });

  it.each(['journaled', 'delivered'] as const)(
    'counts what it keeps for the next start: %s',
    async (acknowledge) => {
      const { one, clock, disk } = await running({ acknowledge });
      one.send(records(50));
      await clock.advance(1);
      one.answer();
      one.send(records(30));
      await clock.advance(1);
      await clock.until(one.close(0));
      expect(one.stage.kept?.()).toBe(30);
      expect(await nextStart(disk.crash({ keep: 'none' }))).toBe(30);
    },
  );

  it('ends every wait for room', async () => {
    const { one, clock, disk } = await running();
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    one.send([record]);
    await clock.advance(1_000);
    const ready = one.stage.ready?.();
    expect(ready).toBeDefined();
    void clock.until(one.close(0));
    await ready;
  });

  it('makes later sends fail', async () => {
    const { one, clock } = await running();
    await clock.until(one.close());
    const [sent] = one.send([record]);
    expect(one.outcomeOf(sent)).toMatchObject({ status: 'failed', error: { code: 'CLOSED' } });
    expect(one.stat('state')).toBe('closed');
  });

  it('leaves a journal that is whole in strict mode, with nothing to send, when all was delivered', async () => {
    const { one, clock, disk } = await running({ corruption: 'strict' });
    one.answerWith = delivered;
    one.send(records(50));
    await clock.until(one.close());
    expect(one.counts).toEqual({ delivered: 50 });
    expect(await nextStart(disk.crash({ keep: 'none' }))).toBe(0);
  });
});

describe('flush', () => {
  const flush = (one: Harness, timeoutMs: number): Promise<void> =>
    Promise.resolve(one.stage.flush?.(one.clock.now() + timeoutMs));

  it('before the start, after close, and with nothing to wait for, resolves at once', async () => {
    const { one, clock } = created();
    await flush(one, Infinity);
    await clock.until(one.start());
    await flush(one, Infinity);
    await clock.until(one.close());
    await flush(one, Infinity);
  });

  it('waits for what was sent before it, and for nothing later', async () => {
    const { one, clock } = await running();
    one.send(records(3));
    await clock.advance(1);
    let done = false;
    const flushing = flush(one, Infinity).then(() => (done = true));
    const early = one.belowCount;
    one.send(records(3));
    await clock.advance(1);
    expect(early).toBe(3);
    expect(done).toBe(false);
    one.answerFirst(3);
    await clock.until(flushing);
    expect(one.belowCount).toBe(3);
  });

  it('waits for what an earlier start left', async () => {
    const { one, clock, disk } = await running({ acknowledge: 'journaled' });
    one.send(records(5));
    await clock.advance(100);
    const nextClock = fakeClock();
    const next = new Harness({ disk: disk.kill(), clock: nextClock, journal: small });
    await nextClock.until(next.start());
    const flushing = flush(next, Infinity);
    await nextClock.advance(10);
    next.answer();
    await nextClock.until(flushing);
    expect(next.handed).toHaveLength(5);
  });

  it('ends at its deadline during an outage of Kafka and of the disk', async () => {
    const { one, clock, disk } = await running();
    one.send(records(3));
    await clock.advance(1);
    await clock.until(flush(one, 500));
    expect(clock.now()).toBe(1_501);
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    one.send(records(3));
    await clock.until(flush(one, 500));
    expect(clock.now()).toBe(2_001);
  });

  it('counts a record that expires, or is rejected, as done', async () => {
    const { one, clock, disk } = await running({ whenFull: 'reject', maxInFlightRecords: 1 });
    one.send([record]);
    one.send([record], clock.now() + 100);
    await clock.advance(1);
    const first = flush(one, Infinity);
    await clock.advance(200);
    one.answer();
    await clock.until(first);
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    one.send([record]);
    await clock.until(flush(one, 60_000));
    expect(clock.now()).toBeLessThan(2_000);
    expect(one.counts).toEqual({ delivered: 1, failed: 1, unknown: 1 });
  });
});
