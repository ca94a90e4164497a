import { describe, expect, it } from 'vitest';
import { fakeClock } from '../env/fake-clock.js';
import { simulatedDisk } from './memory-disk.js';

const text = (value: string): Uint8Array => Buffer.from(value);
const block = 4_096;

describe('simulatedDisk', () => {
  it('refuses wrong options, all at once', () => {
    const wrong = { capacityBytes: -1, syncMs: 5, onDeath: 'explode', size: 7 };
    const make = (): void => void Reflect.apply(simulatedDisk, undefined, [wrong]);
    expect(make).toThrow(/'capacityBytes' must be a whole number/);
    expect(make).toThrow(/'onDeath' must be 'reject' \| 'hang'/);
    expect(make).toThrow(/unknown option 'size'/);
    expect(make).toThrow(/need 'clock'/);
  });

  it('answers later, and with a clock when the time has come', async () => {
    const clock = fakeClock();
    const disk = simulatedDisk({ clock, syncMs: 10, writeMs: 3 });
    const file = await disk.open('/a', 'create');
    const done: string[] = [];
    const note = (what: string) => (): void => void done.push(`${what} at ${clock.now()}`);
    void file.write([text('x')], 0).then(note('write'));
    void file.sync().then(note('sync'));
    void disk.syncDirectory('/').then(note('syncDirectory'));
    void file.info().then(note('info'));
    expect(done).toEqual([]);
    await clock.runAll();
    expect(done).toEqual(['info at 0', 'write at 3', 'sync at 10', 'syncDirectory at 10']);
  });

  it('writes what the buffers hold when the write takes effect', async () => {
    const disk = simulatedDisk();
    const file = await disk.open('/a', 'create');
    const buffer = Buffer.from('right');
    const writing = file.write([buffer], 0);
    buffer.write('wrong');
    await writing;
    buffer.write('later');
    expect(disk.readFile('/a')).toEqual(new Uint8Array(text('wrong')));
  });

  it('refuses a closed file, and a position that cannot be', async () => {
    const disk = simulatedDisk();
    const file = await disk.open('/a', 'create');
    await expect(file.write([text('x')], -1)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(file.read(new Uint8Array(1), 0.5)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(file.truncate(NaN)).rejects.toMatchObject({ code: 'EINVAL' });
    const late = file.close();
    const writing = expect(file.write([text('x')], 0)).rejects.toMatchObject({ code: 'EBADF' });
    await late;
    await writing;
    await expect(file.close()).rejects.toThrow('EBADF: bad file descriptor, close');
  });

  it('has room for so many blocks, and takes back what was cut, removed and closed', async () => {
    const disk = simulatedDisk({ capacityBytes: 3 * block });
    const file = await disk.open('/a', 'create');
    await file.truncate(2 ** 30);
    expect(disk.usedBytes).toBe(0);
    expect(await file.write([Buffer.alloc(4 * block, 1)], block / 2)).toBe(2.5 * block);
    expect(disk.usedBytes).toBe(3 * block);
    await expect(file.write([text('x')], 3 * block)).rejects.toThrow(
      'ENOSPC: no space left on device, write',
    );
    expect(await file.write([text('over')], 3 * block - 4)).toBe(4);
    disk.capacityBytes += block;
    expect(await file.write([Buffer.alloc(block)], 5 * block)).toBe(block);
    await file.truncate(block);
    expect(disk.usedBytes).toBe(block);
    await disk.remove('/a');
    expect(disk.usedBytes).toBe(block);
    await file.close();
    expect(disk.usedBytes).toBe(0);
  });

  it('looks at the modes as for an owner who is not root, and at readOnly', async () => {
    const disk = simulatedDisk();
    disk.writeFile('/outbox/1', text('x'));
    const open = await disk.open('/outbox/1', 'write');
    disk.chmod('/outbox/1', 0o400);
    expect(await disk.info('/outbox/1')).toMatchObject({ mode: 0o400 });
    await expect(disk.open('/outbox/1', 'write')).rejects.toMatchObject({ code: 'EACCES' });
    await (await disk.open('/outbox/1', 'read')).close();
    disk.chmod('/outbox', 0o500);
    await expect(disk.remove('/outbox/1')).rejects.toMatchObject({ code: 'EACCES', syscall: 'unlink' });
    await expect(disk.open('/outbox/2', 'create')).rejects.toMatchObject({ code: 'EACCES' });
    await expect(disk.makeDirectory('/outbox/a')).rejects.toMatchObject({ code: 'EACCES' });
    await expect(disk.lock('/outbox')).rejects.toMatchObject({ code: 'EACCES' });
    disk.chmod('/outbox', 0o300);
    await expect(disk.list('/outbox')).rejects.toMatchObject({ code: 'EACCES' });
    disk.chmod('/outbox', 0o600);
    await expect(disk.info('/outbox/1')).rejects.toMatchObject({ code: 'EACCES', syscall: 'stat' });
    expect(disk.readFile('/outbox/1')).toHaveLength(1);
    disk.chmod('/outbox', 0o700);
    disk.readOnly = true;
    await expect(disk.rename('/outbox/1', '/outbox/2')).rejects.toMatchObject({ code: 'EROFS' });
    await expect(open.write([text('y')], 0)).rejects.toMatchObject({ code: 'EROFS' });
    await expect(open.truncate(0)).rejects.toMatchObject({ code: 'EROFS' });
    disk.readOnly = false;
    await open.truncate(0);
  });

  it('is changed by hand, at once and durably', async () => {
    const disk = simulatedDisk();
    disk.writeFile('outbox/1', text('first'));
    disk.writeFile('/outbox/2', text('second'));
    const file = await disk.open('/outbox/2', 'write');
    await file.write([text('S')], 0);
    disk.patchFile('/outbox/2', 5, text('Dly'));
    disk.truncateFile('/outbox/1', 3);
    expect(disk.files('/outbox')).toEqual(['/outbox/1', '/outbox/2']);
    const after = disk.crash({ keep: 'none' });
    expect(after.files().map((path) => Buffer.from(after.readFile(path)).toString())).toEqual([
      'fir',
      'SeconDly',
    ]);
    after.writeFile('/outbox/1', text('again'));
    after.erase('/outbox/2');
    expect(after.crash({ keep: 'none' }).files()).toEqual(['/outbox/1']);
    expect(after.readFile('/outbox/1')).toEqual(new Uint8Array(text('again')));
    expect(() => after.readFile('/outbox/2')).toThrow("ENOENT: no such file or directory, read '/outbox/2'");
    expect(after.calls.mutations).toBe(0);
  });

  it('lets a directory vanish under what is open in it', async () => {
    const disk = simulatedDisk();
    await disk.makeDirectory('/outbox');
    const file = await disk.open('/outbox/1', 'create');
    disk.erase('/outbox');
    expect(await file.write([text('x')], 0)).toBe(1);
    expect(await file.info()).toMatchObject({ links: 0 });
    expect(disk.usedBytes).toBe(block);
    await expect(disk.open('/outbox/2', 'create')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(disk.crash().files()).toEqual([]);
  });

  it('is copied by fork, which shares nothing that can change', async () => {
    const disk = simulatedDisk();
    disk.writeFile('/a', text('one'));
    const file = await disk.open('/a', 'write');
    await file.write([text('two')], 0);
    await disk.lock('/');
    disk.faults.every({}, { error: 'EIO' });
    const fork = disk.fork();
    expect(await fork.lock('/')).toHaveProperty('release');
    await (await fork.open('/a', 'write')).write([text('three')], 0);
    await fork.remove('/a');
    expect(disk.readFile('/a')).toEqual(new Uint8Array(text('two')));
    disk.faults.clear();
    await file.sync();
    expect(disk.crash({ keep: 'none' }).readFile('/a')).toEqual(new Uint8Array(text('two')));
    expect(fork.crash({ keep: 'none' }).readFile('/a')).toEqual(new Uint8Array(text('one')));
    expect(disk.fork().dead).toBe(false);
  });

  it('logs the last calls in the order of their effects', async () => {
    const disk = simulatedDisk({ logLimit: 4 });
    const file = await disk.open('/a', 'create');
    await file.write([text('hold'), text('fast')], 2);
    await file.read(new Uint8Array(50), 1);
    await file.truncate(3);
    await file.sync();
    await disk.rename('/a', '/b');
    await expect(disk.remove('/a')).rejects.toThrow();
    expect(disk.log).toEqual([
      { operation: 'truncate', path: '/a', bytes: 3 },
      { operation: 'sync', path: '/a' },
      { operation: 'rename', path: '/a', to: '/b' },
      { operation: 'remove', path: '/a', error: 'ENOENT' },
    ]);
    disk.clearLog();
    await file.write([text('hold')], 7);
    await file.read(new Uint8Array(50), 1);
    expect(disk.log).toEqual([
      { operation: 'write', path: '/a', position: 7, bytes: 4 },
      { operation: 'read', path: '/a', position: 1, bytes: 10 },
    ]);
    for (let i = 0; i < 20; i++) await file.sync();
    expect(disk.log).toHaveLength(4);
    const silent = simulatedDisk({ logLimit: 0 });
    await silent.list('/');
    expect(silent.log).toEqual([]);
  });

  it('writes back what nobody syncs, so that memory stays bounded', async () => {
    const disk = simulatedDisk({ writebackBytes: 10_000 });
    const file = await disk.open('/a', 'create');
    await disk.syncDirectory('/');
    for (let i = 0; i < 9; i++) await file.write([Buffer.alloc(1_000, 1)], i * 1_000);
    expect(disk.crash({ keep: 'none' }).readFile('/a').length).toBeGreaterThan(5_000);
  });
});
