import { ProducerError } from '@holdfast/core';
import { failed, type Delivery } from '@holdfast/core/stage';
import { fakeClock, simulatedDisk, type FakeClock, type SimulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { Harness } from './harness.fixture.js';
import type { JournalOptions } from '../src/options.js';

/** In every place where a user's bytes may be. */
const marker = 'PERSONAL-DATA';
const secret = {
  topic: 'orders',
  key: `${marker} key`,
  value: `${marker} ${'value '.repeat(30)}`,
  headers: { [`${marker} name`]: `${marker} header` },
};
const small = { directory: '/outbox', segmentBytes: 16 * 1024, maxBytes: 64 * 1024 } as const;
const down = failed(new ProducerError('BROKER_UNREACHABLE', 'down', { retriable: true }));

interface Running {
  readonly one: Harness;
  readonly clock: FakeClock;
  readonly disk: SimulatedDisk;
}

async function running(options: Partial<JournalOptions>, disk = simulatedDisk()): Promise<Running> {
  const clock = fakeClock();
  const one = new Harness({ disk, clock, journal: { ...small, ...options } });
  await clock.until(one.start());
  return { one, clock, disk };
}

/** Everything that somebody may read: log lines, events, errors. */
function words({ logger, said, outcomes }: Harness): string {
  const errors = [...outcomes.values()].map((outcome) =>
    'error' in outcome ? `${outcome.error.message} ${String(outcome.error.cause)}` : '',
  );
  return [logger.text(), JSON.stringify(said), ...errors].join('\n');
}

function expectSilence(one: Harness): void {
  const all = words(one);
  expect(all.length).toBeGreaterThan(20);
  expect(all).not.toContain(marker);
}

const fill = (one: Harness, count = 400): Delivery[] => one.send(Array.from({ length: count }, () => secret));

describe('nothing that the journal reports contains a payload', () => {
  it.each(['block', 'reject', 'bypass'] as const)('when it is full: %s', async (whenFull) => {
    const { one, clock } = await running({ whenFull, acknowledge: 'journaled' });
    fill(one);
    await clock.advance(1_000);
    expect(one.said['journal.stalled']).toEqual([{ code: 'JOURNAL_FULL' }]);
    one.answer(down);
    await clock.advance(1_000);
    await clock.until(one.close(0));
    expectSilence(one);
  });

  it.each(['block', 'reject', 'bypass'] as const)('when the disk fails: %s', async (whenFull) => {
    const { one, clock, disk } = await running({ whenFull });
    await clock.advance(100);
    disk.faults.every({}, { error: 'EIO' });
    fill(one, 10);
    await clock.advance(1_000);
    disk.faults.clear();
    await clock.advance(10_000);
    await clock.until(one.close(0));
    expectSilence(one);
  });

  it('when a record is too large, expires, or is left', async () => {
    const { one, clock } = await running({ maxInFlightRecords: 1 });
    const [large] = one.send([{ ...secret, value: marker.repeat(10_000) }]);
    one.send([secret]);
    const [late] = one.send([secret], clock.now() + 10);
    await clock.advance(100);
    await clock.until(one.close(0));
    expect(one.errorOf(large)?.code).toBe('RECORD_TOO_LARGE');
    expect(one.errorOf(late)?.code).toBe('DELIVERY_TIMEOUT');
    expect(one.counts).toEqual({ failed: 2, unknown: 1 });
    expectSilence(one);
  });

  it('when it is damaged, cannot be read back, and is refused', async () => {
    const { one, clock, disk } = await running({ acknowledge: 'journaled', maxInFlightRecords: 3 });
    fill(one, 300);
    await clock.advance(1_000);
    const left = disk.kill({ keep: 'all' });
    const [first = '', second = ''] = left.files().filter((path) => path.endsWith('.segment'));
    left.patchFile(first, 3_000, Buffer.from('damage'));
    left.erase(second);
    const strict = new Harness({
      disk: left.fork(),
      clock: fakeClock(),
      journal: { ...small, corruption: 'strict' },
    });
    const error = await strict.start().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'JOURNAL_CORRUPT' });
    expect(String(error) + words(strict)).not.toContain(marker);
    const next = await running({ acknowledge: 'journaled', maxInFlightRecords: 3 }, left);
    expect(next.one.said['journal.damaged'].length).toBeGreaterThan(1);
    next.disk.faults.every({ operation: 'read' }, { error: 'EIO' });
    for (let i = 0; i < 30; i++) {
      next.one.answer();
      await next.clock.advance(100);
    }
    const told = (): number => next.one.logger.text().split('cannot be read back now').length - 1;
    expect(told()).toBe(1);
    next.disk.faults.clear();
    for (let i = 0; i < 30; i++) {
      next.one.answer();
      await next.clock.advance(100);
    }
    expect(told()).toBe(1);
    expect(next.one.logger.text()).toContain('warn the journal can be read back again');
    expectSilence(next.one);
  });

  it('when the key is wrong', async () => {
    const key = { id: 'k1', key: new Uint8Array(32).fill(77) };
    const { one, clock, disk } = await running({ acknowledge: 'journaled', encryption: key });
    fill(one, 10);
    await clock.advance(100);
    const wrong = { ...key, key: new Uint8Array(32).fill(78) };
    const next = new Harness({
      disk: disk.kill(),
      clock: fakeClock(),
      journal: { ...small, encryption: wrong },
    });
    const error = await next.start().catch((thrown: unknown) => thrown);
    const all = `${String(error)} ${words(next)}`;
    expect(all).toContain('k1');
    expect(all).not.toContain(marker);
    for (const { key: bytes } of [key, wrong]) {
      expect(all).not.toContain(Buffer.from(bytes).toString('hex'));
      expect(all).not.toContain(Buffer.from(bytes).toString('base64'));
      expect(all).not.toContain(Buffer.from(bytes).toString());
    }
  });
});

describe('events', () => {
  it('report a stall and its end, once each, with its duration', async () => {
    const { one, clock, disk } = await running({});
    await clock.advance(100);
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    fill(one, 5);
    await clock.advance(3_000);
    fill(one, 5);
    await clock.advance(3_000);
    disk.faults.clear();
    await clock.advance(10_000);
    expect(one.said['journal.stalled']).toEqual([{ code: 'EIO' }]);
    expect(one.said['journal.resumed']).toHaveLength(1);
    const [{ stalledMs } = { stalledMs: 0 }] = one.said['journal.resumed'];
    expect(stalledMs).toBeGreaterThan(5_000);
    expect(stalledMs).toBeLessThan(11_001);
    expect(one.logger.lines.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        message: 'the journal takes no records now',
        fields: { code: 'EIO', whenFull: 'block' },
      },
      {
        level: 'warn',
        message: 'the journal takes records again',
        fields: { stalledMs: Math.round(stalledMs), bypassedRecords: 0 },
      },
    ]);
  });

  it('do not report a failure that was over at once', async () => {
    const { one, clock, disk } = await running({});
    await clock.advance(100);
    disk.faults.at({ operation: 'sync', call: 1 }, { error: 'EIO' });
    fill(one, 5);
    await clock.advance(1_000);
    one.answer();
    expect(one.counts).toEqual({ delivered: 5 });
    expect(one.said['journal.stalled']).toEqual([]);
    expect(one.said['journal.resumed']).toEqual([]);
  });

  it('report once that records bypass the journal, and their number at the end', async () => {
    const { one, clock, disk } = await running({ whenFull: 'bypass' });
    await clock.advance(100);
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    fill(one, 5);
    await clock.advance(1_000);
    for (let i = 0; i < 7; i++) fill(one, 1);
    await clock.advance(1);
    expect(one.said['journal.bypassed']).toEqual([{ records: 5 }]);
    expect(one.stat('bypassedRecords')).toBe(12);
    disk.faults.clear();
    await clock.advance(10_000);
    one.answer();
    expect(one.counts).toEqual({ delivered: 12 });
    expect(one.said['journal.resumed']).toMatchObject([{ bypassedRecords: 12 }]);
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    fill(one, 2);
    await clock.advance(1_000);
    expect(one.said['journal.bypassed']).toEqual([{ records: 5 }, { records: 2 }]);
    expect(one.stat('bypassedRecords')).toBe(14);
  });

  it('report what a start found', async () => {
    const { one, clock, disk } = await running({ acknowledge: 'journaled' });
    expect(one.said['journal.recovered']).toEqual([{ records: 0, segments: 0, ms: 0 }]);
    fill(one, 50);
    await clock.advance(100);
    const next = await running({}, disk.kill());
    expect(next.one.said['journal.recovered']).toEqual([
      { records: 50, segments: expect.any(Number) as unknown, ms: 0 },
    ]);
    expect(next.one.logger.lines).toContainEqual({
      level: 'info',
      message: 'the journal has records from an earlier start',
      fields: { directory: '/outbox', records: 50 },
    });
  });
});
