import * as fs from 'node:fs';
import { mkdir, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { Disk, DiskFile, OpenMode, PathInfo } from '../contract/disk.js';
import { lockDirectory } from './directory-lock.js';
import { codeOf } from '../foreign/system-code.js';

const { O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = fs.constants;
const flags: { readonly [mode in OpenMode]: number } = {
  create: O_RDWR | O_CREAT | O_EXCL,
  write: O_RDWR,
  read: O_RDONLY,
};

type Done<T> = (error: NodeJS.ErrnoException | null, result: T) => void;

// Node's FileHandle costs twice as much per call, and these calls are on the path of every record.
const callFs = <T>(call: (done: Done<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    call((error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });

class NodeFile implements DiskFile {
  /**
   * The same file, opened with O_DSYNC: `undefined` until first needed, `false` where unavailable.
   */
  private throughFd: number | false | undefined;

  constructor(
    private readonly fd: number,
    mode: OpenMode,
  ) {
    this.throughFd = process.platform === 'linux' && mode !== 'read' ? undefined : false;
  }

  write(buffers: readonly Uint8Array[], position: number): Promise<number> {
    return callFs((done) => fs.writev(this.fd, buffers, position, done));
  }

  async writeThrough(buffers: readonly Uint8Array[], position: number): Promise<number> {
    const fd = (this.throughFd ??= await this.openThrough());
    if (fd !== false) return callFs((done) => fs.writev(fd, buffers, position, done));
    const bytes = await this.write(buffers, position);
    await this.sync();
    return bytes;
  }

  read(into: Uint8Array, position: number): Promise<number> {
    return callFs((done) => fs.read(this.fd, into, 0, into.byteLength, position, done));
  }

  sync(): Promise<void> {
    return callFs((done: Done<void>) => fs.fdatasync(this.fd, (error) => done(error)));
  }

  truncate(bytes: number): Promise<void> {
    return callFs((done: Done<void>) => fs.ftruncate(this.fd, bytes, (error) => done(error)));
  }

  async info(): Promise<PathInfo & { readonly links: number }> {
    const stats = await callFs<fs.Stats>((done) => fs.fstat(this.fd, done));
    return { ...infoOf(stats), links: stats.nlink };
  }

  async close(): Promise<void> {
    const { throughFd } = this;
    this.throughFd = false;
    if (throughFd !== false && throughFd !== undefined) await closeFd(throughFd);
    await closeFd(this.fd);
  }

  /** Opens the same file again, even if it has been renamed. */
  private async openThrough(): Promise<number | false> {
    try {
      const path = `/proc/self/fd/${this.fd}`;
      return await callFs((done: Done<number>) => fs.open(path, O_RDWR | O_DSYNC, done));
    } catch {
      return false;
    }
  }
}

const closeFd = (fd: number): Promise<void> =>
  callFs((done: Done<void>) => fs.close(fd, (error) => done(error ?? null)));

/**
 * Checks and changes the file through one descriptor: a process that may write to the parent
 * directory could replace the file at the path.
 */
async function makePrivate(path: string): Promise<void> {
  const fd = await callFs((done: Done<number>) => fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, done));
  try {
    const stats = await callFs<fs.Stats>((done) => fs.fstat(fd, done));
    if (stats.uid !== process.geteuid?.()) throw notOurs('EPERM', path);
    if (!stats.isDirectory() && stats.nlink !== 1) throw notOurs('EMLINK', path);
    const mode = stats.mode & 0o7777 & ~forOthers;
    await callFs((done: Done<void>) => fs.fchmod(fd, mode, (error) => done(error)));
  } finally {
    await closeFd(fd);
  }
}

const forOthers = 0o077;

const notOurs = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: not owned by this process alone, chmod '${path}'`), {
    code,
    syscall: 'chmod',
    path,
  });

function infoOf(stats: fs.Stats): PathInfo {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  return { kind, bytes: stats.size, mode: stats.mode & 0o777 };
}

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** The local disk, through `node:fs`. */
export const nodeDisk: Disk = {
  async info(path) {
    try {
      return infoOf(await stat(path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  async list(path) {
    return (await readdir(path)).sort();
  },
  async open(path, mode) {
    return new NodeFile(await callFs((done: Done<number>) => fs.open(path, flags[mode], 0o600, done)), mode);
  },
  makePrivate,
  rename,
  remove: unlink,
  async syncDirectory(path) {
    const fd = await callFs((done: Done<number>) => fs.open(path, O_RDONLY | O_DIRECTORY, done));
    try {
      await callFs((done: Done<void>) => fs.fsync(fd, (error) => done(error)));
    } finally {
      await closeFd(fd);
    }
  },
  lock: lockDirectory,
};
