import { chmod, chown, link, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeDisk } from './node-disk.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-disk-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('nodeDisk', () => {
  it('writes, reads, truncates and describes a file that others cannot read', async () => {
    const path = join(directory, 'one');
    const file = await nodeDisk.open(path, 'create');
    expect(await file.write([Buffer.from('hold'), Buffer.from('fast')], 2)).toBe(8);
    await file.sync();
    const into = Buffer.alloc(20);
    expect(await file.read(into, 0)).toBe(10);
    expect(into.subarray(0, 10).toString()).toBe('\0\0holdfast');
    expect(await file.read(into, 10)).toBe(0);
    await file.truncate(4);
    expect(await file.info()).toEqual({ kind: 'file', bytes: 4, mode: 0o600, links: 1 });
    await nodeDisk.remove(path);
    expect((await file.info()).links).toBe(0);
    await file.close();
  });

  it('removes permissions only of files of its own user, and follows no link', async () => {
    const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;
    const file = join(directory, 'file');
    await writeFile(file, 'x');
    await chmod(file, 0o664);
    await symlink(file, join(directory, 'link'));
    await expect(nodeDisk.makePrivate?.(join(directory, 'link'))).rejects.toMatchObject({ code: 'ELOOP' });
    await link(file, join(directory, 'second'));
    await expect(nodeDisk.makePrivate?.(file)).rejects.toMatchObject({ code: 'EMLINK' });
    expect(await modeOf(file)).toBe(0o664);
    await nodeDisk.remove(join(directory, 'second'));
    await nodeDisk.makePrivate?.(file);
    expect(await modeOf(file)).toBe(0o600);
    await chmod(directory, 0o2775);
    await nodeDisk.makePrivate?.(directory);
    expect(await modeOf(directory)).toBe(0o2700);
  });

  it.runIf(process.geteuid?.() === 0)("leaves another user's file unchanged, even as root", async () => {
    const file = join(directory, 'file');
    await writeFile(file, 'x');
    await chmod(file, 0o664);
    await chown(file, 1, 1);
    await expect(nodeDisk.makePrivate?.(file)).rejects.toMatchObject({ code: 'EPERM' });
    expect((await stat(file)).mode & 0o777).toBe(0o664);
  });

  it('creates directories that others cannot read, and lists them', async () => {
    await nodeDisk.makeDirectory(join(directory, 'a', 'b'));
    await nodeDisk.makeDirectory(join(directory, 'a', 'b'));
    expect((await stat(join(directory, 'a', 'b'))).mode & 0o777).toBe(0o700);
    expect(await nodeDisk.info(join(directory, 'a'))).toMatchObject({ kind: 'directory', mode: 0o700 });
    expect(await nodeDisk.info(join(directory, 'none'))).toBeUndefined();
    await (await nodeDisk.open(join(directory, 'a', 'z'), 'create')).close();
    await nodeDisk.rename(join(directory, 'a', 'z'), join(directory, 'a', 'c'));
    await nodeDisk.syncDirectory(join(directory, 'a'));
    expect(await nodeDisk.list(join(directory, 'a'))).toEqual(['b', 'c']);
    expect(await readFile(join(directory, 'a', 'c'))).toHaveLength(0);
  });

  it("rejects with Node's system error", async () => {
    const path = join(directory, 'one');
    await expect(nodeDisk.open(path, 'write')).rejects.toMatchObject({ code: 'ENOENT' });
    await (await nodeDisk.open(path, 'create')).close();
    await expect(nodeDisk.open(path, 'create')).rejects.toMatchObject({ code: 'EEXIST' });
    const readOnly = await nodeDisk.open(path, 'read');
    await expect(readOnly.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'EBADF' });
    await readOnly.close();
  });
});
