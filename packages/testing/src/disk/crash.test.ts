import type { DiskFile } from '@holdfast/core/stage';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../env/fake-clock.js';
import { simulatedDisk } from './memory-disk.js';
import type { SimulatedDisk } from './simulated-disk.js';

const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const textOf = (disk: SimulatedDisk, path: string): string => Buffer.from(disk.readFile(path)).toString();

/** A disk with the durable file `/a`. */
async function withFile(content: Uint8Array, disk = simulatedDisk()): Promise<[SimulatedDisk, DiskFile]> {
  disk.writeFile('/a', content);
  return [disk, await disk.open('/a', 'write')];
}

/** What becomes of the disk, over many seeds. */
function outcomes<T>(disk: SimulatedDisk, look: (after: SimulatedDisk) => T): Set<T> {
  return new Set(Array.from({ length: 300 }, (_, seed) => look(disk.crash({ seed }))));
}

describe('crash', () => {
  it('keeps what was synced, and of the rest any sectors', async () => {
    const [disk, file] = await withFile(bytes(2_048, 1));
    await file.write([bytes(512, 2)], 0);
    await file.sync();
    await file.write([bytes(1_536, 3)], 512);
    expect(disk.crash({ keep: 'none' }).readFile('/a')).toEqual(joined(bytes(512, 2), bytes(1_536, 1)));
    expect(disk.crash({ keep: 'all' }).readFile('/a')).toEqual(disk.readFile('/a'));
    const sectors = outcomes(disk, (after) => [0, 1, 2, 3].map((i) => after.readFile('/a')[i * 512]).join());
    expect([...sectors].sort()).toEqual(
      ['2,1,1,1', '2,1,1,3', '2,1,3,1', '2,1,3,3', '2,3,1,1', '2,3,1,3', '2,3,3,1', '2,3,3,3'].sort(),
    );
  });

  it('may keep any of the contents that a sector had, and never a torn sector', async () => {
    const [disk, file] = await withFile(bytes(512, 1));
    await file.write([bytes(300, 2)], 0);
    await file.write([bytes(300, 3)], 100);
    const seen = outcomes(disk, (after) =>
      Array.from(after.readFile('/a').filter((_, i) => i % 100 === 50)).join(),
    );
    expect([...seen].sort()).toEqual(['1,1,1,1,1', '2,2,2,1,1', '2,3,3,3,1']);
  });

  it('may keep the length without the bytes, the bytes without the length, or a part of the length', async () => {
    const disk = simulatedDisk();
    const [, file] = await withFile(bytes(100, 1), disk);
    await file.write([bytes(1_000, 2)], 100);
    const lengths = outcomes(disk, (after) => after.readFile('/a').length);
    expect([...lengths].sort((a, b) => a - b)).toEqual([100, 512, 1_024, 1_100]);
    const ends = outcomes(disk, (after) => after.readFile('/a')[1_099]);
    expect(ends).toEqual(new Set([undefined, 0, 2]));
  });

  it('may undo a cut that was not synced', async () => {
    const [disk, file] = await withFile(bytes(600, 1));
    await file.truncate(100);
    expect(outcomes(disk, (after) => after.readFile('/a').length)).toEqual(new Set([100, 600]));
    expect(disk.crash({ keep: 'none' }).readFile('/a')).toEqual(bytes(600, 1));
  });

  it('loses, keeps or half undoes names that were not synced', async () => {
    const disk = simulatedDisk();
    await disk.makeDirectory('/outbox');
    await (await disk.open('/outbox/1', 'create')).close();
    expect(outcomes(disk, (after) => after.files().join())).toEqual(new Set(['', '/outbox/1']));
    expect(await disk.crash({ keep: 'none' }).info('/outbox')).toBeUndefined();
  });

  it('keeps a name only when its directory is synced, and the directory when that above is', async () => {
    const disk = simulatedDisk();
    await disk.makeDirectory('/outbox');
    const file = await disk.open('/outbox/1', 'create');
    await file.write([bytes(3, 65)], 0);
    await file.sync();
    await disk.syncDirectory('/');
    const unsynced = disk.fork();
    await disk.syncDirectory('/outbox');
    expect(await unsynced.crash({ keep: 'none' }).list('/outbox')).toEqual([]);
    expect(textOf(disk.crash({ keep: 'none' }), '/outbox/1')).toBe('AAA');
  });

  it('undoes a rename as a whole, and a removal, with the content that was durable', async () => {
    const disk = simulatedDisk();
    disk.writeFile('/a', Buffer.from('A'));
    disk.writeFile('/b', Buffer.from('B'));
    await disk.rename('/a', '/b');
    await disk.rename('/b', '/c');
    const look = (after: SimulatedDisk): string =>
      after
        .files()
        .map((path) => path + textOf(after, path))
        .join();
    expect(outcomes(disk.fork(), look)).toEqual(new Set(['/aA,/bB', '/bA', '/cA']));
    await disk.syncDirectory('/');
    await disk.remove('/c');
    expect(outcomes(disk, look)).toEqual(new Set(['/cA', '']));
  });

  it('keeps a rename from one directory to another for sure once both are synced', async () => {
    const disk = simulatedDisk();
    disk.writeFile('/from/1', Buffer.from('x'));
    disk.writeFile('/to/2', Buffer.from('y'));
    await disk.rename('/from/1', '/to/1');
    await disk.syncDirectory('/to');
    const half = disk.fork();
    await disk.syncDirectory('/from');
    expect(half.crash({ keep: 'none' }).files()).toEqual(['/from/1', '/to/2']);
    expect(disk.crash({ keep: 'none' }).files()).toEqual(['/to/1', '/to/2']);
  });

  it('does not count on a write that was under way when sync was called', async () => {
    const clock = fakeClock();
    const [disk, file] = await withFile(bytes(3, 1), simulatedDisk({ clock, syncMs: 5 }));
    const writing = file.write([bytes(1, 2)], 0);
    const syncing = file.sync();
    await writing;
    await file.write([bytes(1, 3)], 1);
    await clock.until(syncing);
    expect(clock.now()).toBe(5);
    expect(disk.fork().crash({ keep: 'none' }).readFile('/a')).toEqual(bytes(3, 1));
    const again = file.sync();
    await file.write([bytes(1, 4)], 0);
    await clock.until(again);
    expect(disk.crash({ keep: 'none' }).readFile('/a')).toEqual(Uint8Array.of(2, 3, 1));
  });

  it('may write the first sectors of what was being written, or all', async () => {
    const clock = fakeClock();
    const [disk, file] = await withFile(bytes(0, 0), simulatedDisk({ clock, writeMs: 5 }));
    const buffer = bytes(1_200, 7);
    const lost = expect(file.write([buffer], 0)).rejects.toMatchObject({ code: 'EBADF' });
    const kept = disk.fork();
    expect(kept.files()).toEqual(['/a']);
    disk.kill();
    buffer.fill(9);
    await lost;
    const written = (seed: number): number => disk.kill({ seed }).readFile('/a').length;
    const all = new Set(Array.from({ length: 300 }, (_, seed) => written(seed)));
    expect([...all].sort((a, b) => a - b)).toEqual([0, 512, 1_024, 1_200]);
    expect(disk.kill({ keep: 'none' }).readFile('/a')).toEqual(bytes(0, 0));
    expect(disk.kill({ keep: 'all' }).readFile('/a')).toEqual(bytes(1_200, 7));
    await clock.runAll();
    expect(disk.readFile('/a')).toEqual(bytes(0, 0));
  });

  it('is the same for the same seed, and goes on from there', async () => {
    const run = async (): Promise<string> => {
      const [disk, file] = await withFile(bytes(9_000, 1), simulatedDisk({ seed: 5 }));
      await file.write([bytes(9_000, 2)], 500);
      const after = disk.crash();
      await (await after.open('/a', 'write')).write([bytes(4_000, 3)], 100);
      return textOf(after.crash(), '/a');
    };
    expect(await run()).toBe(await run());
  });
});

describe('kill', () => {
  it('loses nothing that was written, ends the process, and releases its locks', async () => {
    const disk = simulatedDisk();
    const file = await disk.open('/a', 'create');
    await file.write([bytes(3, 65)], 0);
    await disk.lock('/');
    expect(await disk.lock('/')).toEqual({ holder: 'process 1' });
    const died = disk.died;
    const into = new Uint8Array(1);
    const unheard = expect(file.read(into, 0)).rejects.toMatchObject({ code: 'EBADF' });
    const after = disk.kill({ keep: 'all' });
    await Promise.all([died, unheard]);
    expect(into[0]).toBe(0);
    expect([disk.dead, after.dead]).toEqual([true, false]);
    expect(textOf(after, '/a')).toBe('AAA');
    expect(await after.lock('/')).toHaveProperty('release');
    expect(await after.list('/')).toEqual(['a', 'lock.2']);
    await expect(file.sync()).rejects.toMatchObject({ code: 'EBADF', syscall: 'fdatasync' });
    await expect(disk.open('/a', 'read')).rejects.toThrow(
      /go on with what its kill\(\) or crash\(\) returned/,
    );
    expect(after.crash({ keep: 'none' }).files()).toEqual([]);
  });

  it('lets the calls of the dead hang when told to', async () => {
    const disk = simulatedDisk({ onDeath: 'hang' });
    const file = await disk.open('/a', 'create');
    let heard = 0;
    const hear = (): void => void heard++;
    file.write([bytes(1, 1)], 0).then(hear, hear);
    disk.kill();
    file.sync().then(hear, hear);
    disk.list('/').then(hear, hear);
    await fakeClock().runAll();
    expect(heard).toBe(0);
  });
});
