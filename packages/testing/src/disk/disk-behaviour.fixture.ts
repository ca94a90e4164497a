import { join } from 'node:path';
import type { Disk, DiskFile, OpenMode } from '@holdfast/core/stage';
import { expect } from 'vitest';

/** Tests of the behaviour that all disks share; `root` is an empty directory. */
interface DiskBehaviour {
  readonly title: string;
  run(disk: Disk, root: string): Promise<void>;
}

const text = (value: string): Uint8Array => Buffer.from(value);

async function made(disk: Disk, path: string, content = ''): Promise<string> {
  const file = await disk.open(path, 'create');
  await file.write([text(content)], 0);
  await file.close();
  return path;
}

async function contentOf(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, 'read');
  try {
    return await readAll(file);
  } finally {
    await file.close();
  }
}

async function readAll(file: DiskFile): Promise<string> {
  const into = Buffer.alloc((await file.info()).bytes + 1);
  return into.subarray(0, await file.read(into, 0)).toString();
}

const refused = async (call: Promise<unknown>, code: string, syscall: string): Promise<void> => {
  await expect(call).rejects.toMatchObject({ code, syscall });
};

export const diskBehaviours: readonly DiskBehaviour[] = [
  {
    title: 'takes the permissions of others away, and leaves those of the owner',
    async run(disk, root) {
      await (await disk.open(join(root, 'one'), 'create')).close();
      await disk.makePrivate?.(join(root, 'one'));
      expect(await disk.info(join(root, 'one'))).toMatchObject({ mode: 0o600 });
      await disk.makePrivate?.(root);
      expect(await disk.info(root)).toMatchObject({ mode: 0o700 });
      await expect(disk.makePrivate?.(join(root, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    },
  },
  {
    title: 'writes buffers one after the other, leaves a hole of zeros, and reads to the end',
    async run(disk, root) {
      const file = await disk.open(join(root, 'one'), 'create');
      expect(await file.write([text('hold'), text(''), text('fast')], 5_000)).toBe(8);
      const into = Buffer.alloc(6_000, 1);
      expect(await file.read(into, 0)).toBe(5_008);
      expect(into.subarray(0, 5_008)).toEqual(Buffer.concat([Buffer.alloc(5_000), text('holdfast')]));
      expect(into[5_008]).toBe(1);
      expect(await file.read(into, 5_008)).toBe(0);
      expect(await file.read(into, 9_000)).toBe(0);
      expect(await file.write([], 0)).toBe(0);
      expect(await file.write([text('')], 9_000)).toBe(0);
      expect((await file.info()).bytes).toBe(5_008);
      await file.sync();
      await file.close();
    },
  },
  {
    title: 'writes through, whatever the file is called by now',
    async run(disk, root) {
      const path = join(root, 'one');
      const file = await disk.open(path, 'create');
      expect(await file.writeThrough?.([text('hold'), text('fast')], 2)).toBe(8);
      await disk.rename(path, join(root, 'two'));
      expect(await file.writeThrough?.([text('F')], 6)).toBe(1);
      expect(await readAll(file)).toBe('\0\0holdFast');
      await file.close();
      const readOnly = await disk.open(join(root, 'two'), 'read');
      await expect(readOnly.writeThrough?.([text('x')], 0)).rejects.toMatchObject({ code: 'EBADF' });
      await readOnly.close();
    },
  },
  {
    title: 'cuts and lengthens, and what was cut off is zero when the file is long again',
    async run(disk, root) {
      const file = await disk.open(join(root, 'one'), 'create');
      await file.write([text('holdfast')], 0);
      await file.truncate(4);
      await file.truncate(6);
      expect(await readAll(file)).toBe('hold\0\0');
      await file.truncate(2 ** 26);
      expect((await file.info()).bytes).toBe(2 ** 26);
      await file.truncate(0);
      expect(await readAll(file)).toBe('');
      await file.close();
    },
  },
  {
    title: 'keeps an open file through rename and remove',
    async run(disk, root) {
      const path = join(root, 'one');
      const file = await disk.open(path, 'create');
      await disk.rename(path, join(root, 'two'));
      await file.write([text('still')], 0);
      expect(await contentOf(disk, join(root, 'two'))).toBe('still');
      expect(await file.info()).toEqual({ kind: 'file', bytes: 5, mode: 0o600, links: 1 });
      await made(disk, path, 'another');
      await disk.rename(path, join(root, 'two'));
      expect((await file.info()).links).toBe(0);
      expect(await readAll(file)).toBe('still');
      await disk.remove(join(root, 'two'));
      await file.write([text('here')], 5);
      expect(await readAll(file)).toBe('stillhere');
      await file.close();
      expect(await disk.list(root)).toEqual([]);
    },
  },
  {
    title: 'makes directories with those above, for the owner alone, and lists by name',
    async run(disk, root) {
      await disk.makeDirectory(join(root, 'a', 'b'));
      await disk.makeDirectory(join(root, 'a', 'b'));
      for (const name of ['z', 'B', '10', '9']) await made(disk, join(root, 'a', name));
      expect(await disk.list(join(root, 'a'))).toEqual(['10', '9', 'B', 'b', 'z']);
      expect(await disk.info(join(root, 'a', 'b'))).toMatchObject({ kind: 'directory', mode: 0o700 });
      expect(await disk.info(join(root, 'a', 'z'))).toEqual({ kind: 'file', bytes: 0, mode: 0o600 });
      expect(await disk.info(join(root, 'c'))).toBeUndefined();
      await disk.rename(join(root, 'a'), join(root, 'd'));
      expect(await disk.list(join(root, 'd', 'b'))).toEqual([]);
      await disk.syncDirectory(join(root, 'd'));
    },
  },
  {
    title: "refuses what cannot be, with Node's errors",
    async run(disk, root) {
      const file = await made(disk, join(root, 'file'));
      await disk.makeDirectory(join(root, 'directory', 'full'));
      const none = join(root, 'none');
      const directory = join(root, 'directory');
      await refused(disk.open(file, 'create'), 'EEXIST', 'open');
      await refused(disk.open(directory, 'create'), 'EEXIST', 'open');
      await refused(disk.open(join(none, 'x'), 'create'), 'ENOENT', 'open');
      await refused(disk.open(join(file, 'x'), 'create'), 'ENOTDIR', 'open');
      await refused(disk.open(directory, 'write'), 'EISDIR', 'open');
      for (const mode of ['write', 'read'] satisfies OpenMode[]) {
        await refused(disk.open(none, mode), 'ENOENT', 'open');
      }
      await refused(disk.info(join(file, 'x')), 'ENOTDIR', 'stat');
      await refused(disk.list(none), 'ENOENT', 'scandir');
      await refused(disk.list(file), 'ENOTDIR', 'scandir');
      await refused(disk.makeDirectory(file), 'EEXIST', 'mkdir');
      await refused(disk.makeDirectory(join(file, 'x', 'y')), 'ENOTDIR', 'mkdir');
      await refused(disk.remove(none), 'ENOENT', 'unlink');
      await refused(disk.remove(directory), 'EISDIR', 'unlink');
      await refused(disk.rename(none, join(root, 'x')), 'ENOENT', 'rename');
      await refused(disk.rename(file, join(none, 'x')), 'ENOENT', 'rename');
      await refused(disk.rename(file, directory), 'EISDIR', 'rename');
      await refused(disk.rename(directory, file), 'ENOTDIR', 'rename');
      await refused(disk.rename(directory, join(directory, 'full', 'x')), 'EINVAL', 'rename');
      await disk.makeDirectory(join(root, 'empty'));
      await refused(disk.rename(join(root, 'empty'), directory), 'ENOTEMPTY', 'rename');
      await refused(disk.syncDirectory(none), 'ENOENT', 'open');
      await refused(disk.lock(none), 'ENOENT', 'open');
      await disk.rename(file, file);
      expect(await disk.list(root)).toEqual(['directory', 'empty', 'file']);
    },
  },
  {
    title: 'a file opened to be read is read alone',
    async run(disk, root) {
      const file = await disk.open(await made(disk, join(root, 'one'), 'text'), 'read');
      await refused(file.write([text('x')], 0), 'EBADF', 'write');
      await refused(file.truncate(0), 'EINVAL', 'ftruncate');
      await file.sync();
      expect(await readAll(file)).toBe('text');
      await file.close();
    },
  },
  {
    title: 'lock has one holder, and leaves a file that cannot be opened',
    async run(disk, root) {
      const first = await disk.lock(root);
      const held = await disk.lock(root);
      expect('holder' in held && held.holder).toMatch(/^process \d+$/);
      expect(await disk.list(root)).toEqual(['lock.1']);
      expect(await disk.info(join(root, 'lock.1'))).toMatchObject({ kind: 'other' });
      await refused(disk.open(join(root, 'lock.1'), 'read'), 'ENXIO', 'open');
      if (!('release' in first)) throw new Error(`held by ${first.holder}`);
      await first.release();
      const second = await disk.lock(root);
      if (!('release' in second)) throw new Error(`held by ${second.holder}`);
      expect(await disk.list(root)).toEqual(['lock.2']);
      await first.release();
      expect(await disk.lock(root)).toHaveProperty('holder');
      await second.release();
    },
  },
];
