import { describe, expect, it } from 'vitest';
import type { DiskFaultEffect } from './faults.js';
import { simulatedDisk } from './memory-disk.js';
import type { SimulatedDisk } from './simulated-disk.js';

const text = (value: string): Uint8Array => Buffer.from(value);
const textOf = (disk: SimulatedDisk, path: string): string => Buffer.from(disk.readFile(path)).toString();
const outcomeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => error instanceof Error && 'code' in error && error.code);

/** One mutating call after the other; stops at the first that fails. */
async function work(disk: SimulatedDisk): Promise<void> {
  await disk.makeDirectory('/outbox');
  const lock = await disk.lock('/outbox');
  if (!('release' in lock)) throw new Error(`held by ${lock.holder}`);
  const file = await disk.open('/outbox/new', 'create');
  await file.truncate(100);
  await file.write([text('hold'), text('fast')], 0);
  await file.sync();
  await disk.rename('/outbox/new', '/outbox/1');
  await disk.syncDirectory('/outbox');
  await (await disk.open('/outbox/1', 'read')).read(new Uint8Array(3), 0);
  await disk.remove('/outbox/1');
}
const mutations = 9;

describe('faults', () => {
  it('are set at each of the calls that a first run has counted', async () => {
    const first = simulatedDisk();
    await work(first);
    expect(first.calls).toMatchObject({ mutations, open: 2, write: 1, read: 1, sync: 1, close: 0, lock: 1 });
    const failed = new Set<unknown>();
    for (let call = 1; call <= mutations; call++) {
      const disk = simulatedDisk();
      const fault = disk.faults.at({ call }, { error: 'EIO' });
      const error: unknown = await work(disk).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'EIO', errno: -5 });
      expect(fault.struck).toBe(1);
      expect(disk.calls.mutations).toBe(call);
      failed.add(disk.log.at(-1)?.operation);
    }
    expect([...failed]).toEqual([
      ...['makeDirectory', 'lock', 'open', 'truncate', 'write', 'sync', 'rename', 'syncDirectory', 'remove'],
    ]);
  });

  it('strike calls by operation, path and number, until they are cleared', async () => {
    const disk = simulatedDisk();
    const file = await disk.open('/a', 'create');
    const other = await disk.open('/b', 'create');
    const write = (): Promise<unknown> => outcomeOf(file.write([text('x')], 0));
    const second = disk.faults.at({ operation: 'write', call: 2, path: '/a' }, { error: 'ENOSPC' });
    expect(await other.write([text('x')], 0)).toBe(1);
    expect([await write(), await write(), await write(), second.struck]).toEqual([1, 'ENOSPC', 1, 1]);
    const later = disk.faults.every({ call: 2, path: /^\/a$/ }, { error: 'EIO' });
    expect([await write(), await write(), await write(), later.struck]).toEqual([1, 'EIO', 'EIO', 2]);
    later.clear();
    expect(await write()).toBe(1);
    disk.faults.every({ operation: 'rename', path: '/c' }, { error: 'EACCES' });
    expect(await outcomeOf(disk.rename('/a', '/c'))).toBe('EACCES');
    disk.faults.clear();
    await disk.rename('/a', '/c');
  });

  it('count reads and other calls that change nothing only when they are asked for', async () => {
    const disk = simulatedDisk();
    disk.writeFile('/a', text('text'));
    disk.faults.every({}, { error: 'EIO' });
    disk.faults.at({ operation: 'read', call: 2 }, { bytes: 3 });
    const file = await disk.open('/a', 'read');
    const into = Buffer.alloc(4);
    expect([await file.read(into, 0), await file.read(into.fill(0), 0)]).toEqual([4, 3]);
    expect(into.toString()).toBe('tex\0');
    disk.faults.every({ operation: 'info' }, { error: 'EACCES' });
    disk.faults.every({ operation: 'list' }, { error: 'EMFILE' });
    await expect(disk.info('/a')).rejects.toThrow("EACCES: permission denied, stat '/a'");
    await expect(file.info()).rejects.toThrow('EACCES: permission denied, fstat');
    await expect(disk.list('/')).rejects.toThrow("EMFILE: too many open files, scandir '/'");
  });

  it('write less than was asked for, or a part before they fail', async () => {
    const disk = simulatedDisk();
    const file = await disk.open('/a', 'create');
    disk.faults.at({ operation: 'write', call: 1 }, { bytes: 5 });
    disk.faults.at({ operation: 'write', call: 2 }, { error: 'EIO', bytes: 2 });
    expect(await file.write([text('hold'), text('fast')], 0)).toBe(5);
    await expect(file.write([text('XXXX')], 5)).rejects.toThrow('EIO: i/o error, write');
    expect(textOf(disk, '/a')).toBe('holdfXX');
  });

  it('refuse a number of a call that cannot be', () => {
    const { faults } = simulatedDisk();
    expect(() => faults.at({ call: 0 }, { error: 'EIO' })).toThrow(/1 is the first, not 0/);
    expect(() => faults.every({ call: 1.5 }, { error: 'EIO' })).toThrow(RangeError);
  });
});

describe('a failed sync', () => {
  const failing = async (): Promise<[SimulatedDisk, () => Promise<void>]> => {
    const disk = simulatedDisk();
    disk.writeFile('/a', text('old'));
    const file = await disk.open('/a', 'write');
    await file.write([text('new')], 0);
    disk.faults.at({ operation: 'sync', call: 1 }, { error: 'EIO' });
    await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
    return [disk, () => file.sync()];
  };

  it('gives up what it was to write, although a later one succeeds', async () => {
    const [disk, sync] = await failing();
    await sync();
    expect(textOf(disk, '/a')).toBe('new');
    expect(textOf(disk.crash({ keep: 'none' }), '/a')).toBe('old');
    expect(textOf(disk.crash({ keep: 'all' }), '/a')).toBe('new');
  });

  it('does not give up what is written again', async () => {
    const [disk, sync] = await failing();
    const file = await disk.open('/a', 'write');
    await file.write([text('n')], 0);
    await sync();
    expect(textOf(disk.crash({ keep: 'none' }), '/a')).toBe('new');
  });

  it('leaves a length that is right and bytes that are not', async () => {
    const disk = simulatedDisk();
    const file = await disk.open('/a', 'create');
    await disk.syncDirectory('/');
    await file.write([Buffer.alloc(600, 1)], 0);
    disk.faults.at({ operation: 'sync', call: 1 }, { error: 'ENOSPC' });
    await expect(file.sync()).rejects.toMatchObject({ code: 'ENOSPC' });
    await file.write([Buffer.alloc(100, 2)], 600);
    await file.sync();
    const after = disk.crash({ keep: 'none' }).readFile('/a');
    expect([after.length, after[0], after[511], after[512], after[650]]).toEqual([700, 0, 0, 1, 2]);
  });
});

describe('a stop', () => {
  const stopped = async (effect: DiskFaultEffect, call: number): Promise<SimulatedDisk> => {
    const disk = simulatedDisk();
    disk.faults.at({ call }, effect);
    await expect(work(disk)).rejects.toMatchObject({ code: 'EBADF' });
    expect(disk.dead).toBe(true);
    return disk;
  };

  it('ends the process before or after each call', async () => {
    for (let call = 1; call <= mutations; call++) {
      const before = await stopped({ stop: 'before' }, call);
      const after = await stopped({ stop: 'after' }, call);
      const seen = (disk: SimulatedDisk): unknown => [
        ...disk.files().map((path) => [path, textOf(disk, path)]),
        disk.crash({ keep: 'none' }).files(),
      ];
      expect(seen(before.kill({ keep: 'all' }))).toEqual(seen(before.kill({ keep: 'none' })));
      if (call > 1) {
        const last = await stopped({ stop: 'after' }, call - 1);
        expect(seen(before.kill())).toEqual(seen(last.kill()));
      }
      expect(after.log.length).toBe(before.log.length + 1);
    }
    const synced = (await stopped({ stop: 'after' }, 8)).crash({ keep: 'none' });
    expect(synced.files()).toEqual([]); // '/' was not synced
  });

  it('ends it while it writes', async () => {
    const lengths = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      const disk = simulatedDisk({ seed });
      const file = await disk.open('/a', 'create');
      disk.faults.at({ operation: 'write', call: 1 }, { stop: 'during' });
      await expect(file.write([Buffer.alloc(2_000, 1)], 100)).rejects.toMatchObject({ code: 'EBADF' });
      lengths.add(disk.kill().readFile('/a').length);
    }
    expect([...lengths].sort((a, b) => a - b)).toEqual([0, 512, 1_024, 1_536, 2_048]);
  });

  it('leaves no half of a sector', async () => {
    const before = await stopped({ stop: 'before' }, 5);
    const during = await stopped({ stop: 'during' }, 5);
    expect(textOf(during.kill(), '/outbox/new')).toBe(textOf(before.kill(), '/outbox/new'));
  });
});
