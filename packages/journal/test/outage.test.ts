import { fakeClock, type SimulatedDisk, statOf } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import type { JournalOptions } from '../src/options.js';
import { newDisk, Process, World } from './world.fixture.js';

const policies = ['block', 'reject', 'bypass'] as const;
const kibi = 1024;

/** Sends as a caller that respects back-pressure. */
function sendIfReady(process: Process, count: number): number {
  if (process.stage.ready?.() !== undefined) return 0;
  return process.send(count).length;
}

function counts(process: Process): { readonly [status: string]: number } {
  const all: { [status: string]: number } = {};
  for (const { status } of process.outcomes.values()) all[status] = (all[status] ?? 0) + 1;
  return all;
}

/**
 * Works for a second, then ten with what `begin` does to the disk, then half a minute after `end`.
 */
async function throughAnOutage(
  journal: Partial<JournalOptions>,
  begin: (disk: SimulatedDisk) => void,
  end: (disk: SimulatedDisk) => void,
): Promise<{ readonly process: Process; readonly world: World; readonly sentMeanwhile: number }> {
  const world = new World();
  const disk = newDisk();
  const process = new Process(world, { disk, journal, clock: fakeClock() });
  await process.start();
  let sentMeanwhile = 0;
  for (let ms = 0; ms < 40_000; ms += 100) {
    if (ms === 1_000) begin(disk);
    if (ms === 11_000) end(disk);
    const sent = sendIfReady(process, 5);
    if (ms >= 1_000 && ms < 11_000) sentMeanwhile += sent;
    await process.clock.advance(100);
  }
  await process.drain();
  return { process, world, sentMeanwhile };
}

const eio = (disk: SimulatedDisk): void => void disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
const heal = (disk: SimulatedDisk): void => disk.faults.clear();

describe.each(['delivered', 'journaled'] as const)(
  "a disk that fails for ten seconds, '%s'",
  (acknowledge) => {
    it('makes senders wait, and loses nothing', async () => {
      const { process, world, sentMeanwhile } = await throughAnOutage({ acknowledge }, eio, heal);
      expect(sentMeanwhile).toBeLessThan(20);
      expect(Object.keys(counts(process))).toEqual([acknowledge === 'delivered' ? 'delivered' : 'accepted']);
      expect(world.topic).toHaveLength(world.sent.size);
      expect(world.problems()).toEqual([]);
      await process.close();
    });

    it('rejects records meanwhile, takes records again by itself, and loses nothing', async () => {
      const { process, world } = await throughAnOutage({ acknowledge, whenFull: 'reject' }, eio, heal);
      const { failed = 0, unknown = 0, ...rest } = counts(process);
      const good = acknowledge === 'delivered' ? 'delivered' : 'accepted';
      expect(Object.keys(rest)).toEqual([good]);
      // Five records every 100 ms: all but those of ten seconds, and of the time until the next
      // try.
      expect(failed + unknown).toBeGreaterThan(400);
      expect(failed + unknown).toBeLessThan(500 + 5 * 52);
      for (const outcome of process.outcomes.values())
        if ('error' in outcome) expect(outcome.error.code).toBe('JOURNAL_FAILED');
      expect(world.topic).toHaveLength(rest[good] ?? 0);
      expect(world.problems()).toEqual([]);
      await process.close();
    });

    it('lets records bypass it in order, reports that, and loses nothing', async () => {
      const { process, world } = await throughAnOutage({ acknowledge, whenFull: 'bypass' }, eio, heal);
      const bypassed = Number(statOf(process.stage, 'bypassedRecords'));
      expect(bypassed).toBeGreaterThan(400);
      expect(bypassed).toBeLessThan(500 + 5 * 52);
      expect(process.outcomes.size).toBe(world.sent.size);
      expect(world.topic).toHaveLength(world.sent.size);
      expect(world.problems()).toEqual([]);
      await process.close();
    });
  },
);

describe.each(policies)("a disk of 64 KiB, whenFull: '%s'", (whenFull) => {
  it.each([
    { maxBytes: 64 * kibi, title: 'that the journal knows of' },
    { maxBytes: 1024 * kibi, title: 'that the journal does not know of' },
  ])('$title fills up in an outage of Kafka, and is used again after it', async ({ maxBytes }) => {
    const world = new World();
    const disk = newDisk();
    disk.capacityBytes = 64 * kibi;
    const journal = { acknowledge: 'journaled', whenFull, maxBytes } as const;
    const process = new Process(world, { disk, journal });
    await process.start();
    for (let round = 0; round < 3; round++) {
      world.broker = 'down';
      for (let i = 0; i < 100; i++) {
        sendIfReady(process, 10);
        await process.clock.advance(10);
        expect(disk.usedBytes).toBeLessThanOrEqual(64 * kibi);
      }
      expect(process.stage.stats?.()).toMatchObject({ state: 'stalled' });
      world.broker = 'up';
      await process.clock.advance(20_000);
      await process.drain();
      await process.clock.advance(10_000);
      expect(sendIfReady(process, 10)).toBe(10);
      await process.clock.advance(1_000);
      expect(process.stage.stats?.()).toMatchObject({ state: 'open', backlogRecords: 0 });
    }
    const { accepted = 0, failed = 0, unknown = 0, delivered = 0 } = counts(process);
    expect(accepted + failed + unknown + delivered).toBe(world.sent.size);
    expect(world.problems()).toEqual([]);
    // Records that bypass the journal fail when Kafka is down.
    if (whenFull === 'block') expect(world.topic).toHaveLength(world.sent.size);
    else expect(failed + unknown).toBeGreaterThan(0);
    await process.close();
  });

  it('is already full at the start', async () => {
    const world = new World();
    world.broker = 'down';
    const disk = newDisk();
    disk.capacityBytes = 64 * kibi;
    const journal = { acknowledge: 'journaled', whenFull, maxBytes: 64 * kibi } as const;
    const first = new Process(world, { disk, journal });
    await first.start();
    for (let i = 0; i < 100; i++) {
      sendIfReady(first, 10);
      await first.clock.advance(10);
    }
    world.broker = 'up';
    const next = new Process(world, { disk: disk.kill(), journal });
    await next.start();
    await next.drain();
    await next.clock.advance(10_000);
    expect(sendIfReady(next, 10)).toBe(10);
    await next.drain();
    expect(world.problems()).toEqual([]);
    await next.close();
  });
});

it('a disk that tears every write into small pieces takes them all', async () => {
  const world = new World();
  const disk = newDisk();
  disk.faults.every({ operation: 'write' }, { bytes: 100 });
  const process = new Process(world, { disk });
  await process.start();
  process.send(200);
  await process.drain();
  expect(counts(process)).toEqual({ delivered: 200 });
  await process.close();
});

it('a read that fails is repeated until it succeeds, and no record is skipped', async () => {
  const world = new World();
  world.broker = 'down';
  const disk = newDisk();
  const journal = { acknowledge: 'journaled', maxInFlightRecords: 10 } as const;
  const process = new Process(world, { disk, journal });
  await process.start();
  for (let i = 0; i < 50; i++) {
    process.send(20);
    await process.clock.advance(5);
  }
  disk.faults.every({ operation: 'read', call: 3 }, { error: 'EIO' });
  world.broker = 'up';
  await process.clock.advance(20_000);
  expect(process.env.logger.text()).toContain('cannot be read back');
  disk.faults.clear();
  await process.drain();
  expect(world.topic).toHaveLength(1_000);
  expect(world.problems()).toEqual([]);
  await process.close();
});
