import { checkSeeds, fakeClock, simulatedDisk } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { delivered, Harness } from './harness.fixture.js';
import { directory, first, found, heldAfterFailure, record, records, running } from './sync.fixture.js';

describe("fsync: 'always'", () => {
  it.each(['delivered', 'journaled'] as const)(
    "hands a record down once it is synced, and no sooner ('%s')",
    async (acknowledge) => {
      const { one, clock } = await running({ acknowledge }, 10);
      one.send([record]);
      await clock.advance(9);
      expect(one.handed).toEqual([]);
      await clock.advance(1);
      expect(one.handed).toHaveLength(1);
    },
  );

  it('accepts a record once it is synced, and no sooner', async () => {
    const { one, clock, disk } = await running({}, 10);
    one.send([record]);
    await clock.advance(9);
    expect(one.counts).toEqual({});
    expect(await found(disk.fork().crash({ keep: 'none' }))).toBe(0);
    await clock.advance(1);
    expect(one.counts).toEqual({ accepted: 1 });
    expect(await found(disk.crash({ keep: 'none' }))).toBe(1);
  });

  it('makes the directory, its parents and its files durable before the first record is accepted', async () => {
    const clock = fakeClock();
    const disk = simulatedDisk();
    const one = new Harness({
      disk,
      clock,
      journal: { directory, acknowledge: 'journaled', segmentBytes: 16 * 1024, maxBytes: 2 ** 20 },
    });
    await clock.until(one.start());
    one.send([record]);
    await clock.runWhile(() => one.outcomes.size === 0);
    expect(await found(disk.crash({ keep: 'none' }))).toBe(1);
  });

  it('syncs once for all records that came during the sync before', async () => {
    const { one, clock } = await running({}, 10);
    one.send([record]);
    await clock.advance(1);
    for (let i = 0; i < 20; i++) one.send([record]);
    await clock.advance(30);
    expect(one.counts).toEqual({ accepted: 21 });
    expect(one.stat('syncs')).toBe(2);
  });

  it('accepts nothing whose sync failed before it is synced in another segment', async () => {
    const { one, clock, disk } = await running();
    one.send(records(3));
    await clock.advance(5);
    const fault = disk.faults.at({ operation: 'sync', path: first, call: 1 }, { error: 'EIO' });
    one.send(records(4));
    await clock.runWhile(() => one.outcomes.size < 7);
    expect(fault.struck).toBe(1);
    expect(await found(disk.crash({ keep: 'none' }))).toBe(7);
    const failedAt = disk.log.findIndex(({ error }) => error === 'EIO');
    const path = disk.log[failedAt]?.path;
    const after = disk.log.slice(failedAt + 1).filter((call) => call.path === path);
    expect(after.filter(({ operation }) => operation === 'write' || operation === 'sync')).toEqual([]);
    // Both of its ends are as they were noted: what failed is not read a second time.
    expect(await found(disk.crash({ keep: 'all' }))).toBe(7);
  });

  it('accepts nothing as long as every sync fails', async () => {
    const { one, clock, disk } = await running();
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    one.send(records(4));
    await clock.advance(60_000);
    expect(one.counts).toEqual({});
    expect(one.said['journal.stalled']).toEqual([{ code: 'EIO' }]);
    expect(await found(disk.crash({ keep: 'none' }))).toBe(0);
  });

  it('tries a failing disk less and less often, up to every five seconds', async () => {
    const { one, clock, disk } = await running();
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    one.send([record]);
    await clock.advance(60_000);
    const before = disk.calls.sync;
    await clock.advance(60_000);
    expect(disk.calls.sync - before).toBeLessThan(60);
    expect(disk.calls.sync - before).toBeGreaterThan(5);
  });
});

describe("fsync: 'interval'", () => {
  const interval = { fsync: 'interval', fsyncIntervalMs: 250 } as const;

  it('accepts at once, and syncs when the interval has passed', async () => {
    const { one, clock, disk } = await running(interval);
    one.send(records(5));
    await clock.advance(249);
    expect(one.counts).toEqual({ accepted: 5 });
    expect(await found(disk.crash({ keep: 'none' }), interval)).toBe(0);
    expect(await found(disk.kill(), interval)).toBe(5);
    expect(one.stat('syncs')).toBe(0);
  });

  it('loses nothing that came before the last sync', async () => {
    const { one, clock, disk } = await running(interval);
    one.send(records(5));
    await clock.advance(200);
    one.send(records(2));
    await clock.advance(51);
    expect(await found(disk.crash({ keep: 'none' }), interval)).toBe(7);
  });

  it('syncs once per interval in which something came, and not otherwise', async () => {
    const { one, clock, disk } = await running(interval);
    for (let ms = 0; ms < 1_000; ms += 10) {
      one.send([record]);
      await clock.advance(10);
    }
    await clock.advance(1_000);
    expect(one.stat('syncs')).toBe(4);
    const before = disk.calls.sync;
    await clock.advance(60_000);
    expect(disk.calls.sync).toBe(before);
  });

  it('writes again what was not synced, as after every failed sync', async () => {
    const { one, clock, disk } = await running(interval);
    const fault = disk.faults.at({ operation: 'sync', path: first, call: 1 }, { error: 'EIO' });
    one.send(records(5));
    await clock.advance(300);
    expect(fault.struck).toBe(1);
    one.send(records(5));
    await clock.advance(2_000);
    expect(one.counts).toEqual({ accepted: 10 });
    expect(await found(disk.kill(), interval)).toBe(10);
  });

  it('has on disk what it had accepted, although the first sync of it failed', async () => {
    const { one, clock, disk } = await running(interval);
    const fault = disk.faults.at({ operation: 'sync', path: first, call: 1 }, { error: 'EIO' });
    one.send(records(5));
    await clock.advance(300);
    expect(fault.struck).toBe(1);
    expect(one.counts).toEqual({ accepted: 5 });
    expect(one.said['journal.unsynced']).toEqual([]);
    expect(await found(disk.fork().crash({ keep: 'none' }), interval)).toBe(5);
    await clock.until(one.close(0));
    expect(await found(disk.crash({ keep: 'none' }), interval)).toBe(5);
  });

  it('has it there, too, when the segment is abandoned because a later record could not be written', async () => {
    const { one, clock, disk } = await running(interval);
    one.send(records(5));
    await clock.advance(10);
    const fault = disk.faults.at({ operation: 'write', path: first, call: 1 }, { error: 'EIO' });
    one.send(records(2));
    await clock.advance(300);
    expect(fault.struck).toBe(1);
    expect(one.counts).toEqual({ accepted: 7 });
    expect(await found(disk.crash({ keep: 'none' }), interval)).toBe(7);
  });

  it('reports how many records a power failure may lose when they cannot be written again', async () => {
    const { one, clock, disk } = await running(interval);
    one.send(records(3));
    await clock.advance(300);
    one.send(records(5));
    await clock.advance(10);
    one.answerFirst(4);
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    await clock.advance(1_000);
    expect(one.said['journal.unsynced']).toEqual([{ code: 'EIO', records: 4 }]);
    expect(one.logger.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields)).toEqual([
      { directory, code: 'EIO', records: 4 },
    ]);
  });

  it('reports that when the system shows what is on the disk instead of what it could not write', async () => {
    const { one, clock, disk } = await running(interval, 50);
    one.send(records(5));
    await clock.advance(10);
    const path = `${directory}/0000000001.segment`;
    const before = disk.fork().crash({ keep: 'none' }).readFile(path);
    disk.faults.at({ operation: 'sync', path: first, call: 1 }, { error: 'EIO' });
    await clock.advance(300);
    const file = await disk.open(path, 'write');
    await file.write([before], 0);
    await clock.advance(1_000);
    expect(one.said['journal.unsynced']).toEqual([{ code: 'EIO', records: 5 }]);
  });

  it('has on disk what a killed process left only in memory, once the next one has started', async () => {
    const { one, clock, disk } = await running(interval);
    one.send(records(5));
    await clock.advance(10);
    const killed = disk.kill();
    expect(await found(killed, interval)).toBe(5);
    expect(await found(killed.crash({ keep: 'none' }), interval)).toBe(5);
  });

  it('reports how many records that may cost when the disk does not take them', async () => {
    const { one, clock, disk } = await running(interval);
    one.send(records(5));
    await clock.advance(10);
    const killed = disk.kill();
    const fault = killed.faults.at({ operation: 'sync', call: 1 }, { error: 'EIO' });
    const later = fakeClock();
    const next = new Harness({ disk: killed, clock: later, journal: { directory, ...interval } });
    await later.until(next.start());
    expect(fault.struck).toBe(1);
    expect(next.said['journal.unsynced']).toEqual([{ code: 'EIO', records: 5 }]);
    expect(next.stat('backlogRecords')).toBe(5);
  });

  it('releases no segment before the note of it is synced', async () => {
    const { one, clock, disk } = await running(interval);
    for (let i = 0; i < 12; i++) {
      one.send([{ ...record, value: 'v'.repeat(3_000) }]);
      await clock.advance(300);
    }
    one.answerFirst(8);
    disk.faults.every({ operation: 'sync' }, { error: 'EIO' });
    for (let ms = 0; ms < 2_000; ms += 20) {
      await clock.advance(20);
      // Fails when a segment is missing.
      await found(disk.fork().crash({ keep: 'none' }), interval);
    }
    const names = disk.files(directory).map((path) => path.slice(directory.length + 1));
    expect(names).toEqual(expect.arrayContaining(['0000000001.segment', '0000000002.segment']));
    disk.faults.clear();
    await clock.advance(10_000);
    expect(await found(disk.crash({ keep: 'none' }), interval)).toBe(4);
  });

  it('does not recycle a segment while it is being written again', async () => {
    const { one, clock, disk, go } = await heldAfterFailure(interval);
    const goOn = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        one.send([{ ...record, value: 'v'.repeat(3_000) }]);
        await clock.advance(100);
        one.answer();
      }
    };
    const isUsedAgain = (): boolean =>
      disk.log.some(({ operation, path }) => operation === 'rename' && path.endsWith('1.segment'));
    const fault = disk.faults.at({ operation: 'sync', path: first, call: 1 }, { error: 'EIO' });
    one.send(records(5));
    await clock.advance(1_000);
    expect(fault.struck).toBe(1);
    await goOn();
    expect(isUsedAgain()).toBe(false);
    go();
    await goOn();
    expect(isUsedAgain()).toBe(true);
    expect(one.said['journal.unsynced']).toEqual([]);
    await clock.until(one.close(5_000));
    expect(await found(disk.crash({ keep: 'none' }), interval)).toBe(0);
  });

  it('does not, either, when the sync that failed was for the note of a released segment', async () => {
    const options = { ...interval, segmentBytes: 64 * 1024 };
    const { one, clock, disk } = await running(options);
    const large = { ...record, value: 'v'.repeat(9_000) };
    // Six records per segment.
    for (let i = 0; i < 7; i++) {
      one.send([large]);
      await clock.advance(300);
    }
    one.send([large, large]);
    one.answerFirst(6);
    const fault = disk.faults.at({ operation: 'sync', path: '0000000002', call: 1 }, { error: 'EIO' });
    await clock.advance(100);
    expect(fault.struck).toBe(1);
    await clock.advance(500);
    one.send([large]);
    await clock.advance(2_000);
    expect(one.counts).toEqual({ accepted: 10 });
    expect(await found(disk.crash({ keep: 'none' }), options)).toBe(4);
  });
});

describe("fsync: 'never'", () => {
  const never = { fsync: 'never' } as const;

  it('syncs no record, and loses nothing when the process is killed', async () => {
    const { one, clock, disk } = await running(never);
    for (let i = 0; i < 50; i++) {
      one.send(records(20));
      await clock.advance(10);
    }
    expect(one.counts).toEqual({ accepted: 1_000 });
    expect(one.stat('syncs')).toBe(0);
    expect(await found(disk.kill(), never)).toBe(1_000);
  });

  it('calls nothing corrupt after a power loss', async () => {
    const { one, clock, disk } = await running(never);
    for (let i = 0; i < 50; i++) {
      one.send(records(20));
      await clock.advance(10);
    }
    const check = async (seed: number): Promise<void> => {
      expect(await found(disk.crash({ seed }), never)).toBeLessThanOrEqual(1_000);
    };
    await checkSeeds(check, { runs: 30 });
  });

  it.each(['always', 'interval', 'never'] as const)(
    'is durable after close, like every other mode: %s',
    async (fsync) => {
      const { one, clock, disk } = await running({ fsync });
      one.send(records(5));
      await clock.advance(1);
      await clock.until(one.close(0));
      expect(await found(disk.crash({ keep: 'none' }), { fsync })).toBe(5);
    },
  );
});

it.each(['always', 'interval', 'never'] as const)(
  'acknowledged ranges are written after 50 ms: %s',
  async (fsync) => {
    const { one, clock, disk } = await running({ fsync });
    one.answerWith = delivered;
    one.send(records(5));
    await clock.advance(100);
    one.answer();
    await clock.advance(60);
    expect(await found(disk.kill(), { fsync })).toBe(0);
  },
);
