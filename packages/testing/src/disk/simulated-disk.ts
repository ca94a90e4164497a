import type { Clock, Disk } from '@holdfast/core/stage';
import type { DiskCallCounts, LoggedDiskCall } from './call-record.js';
import type { CrashKeep } from './choice.js';
import type { DiskFaults } from './faults.js';

export interface SimulatedDiskOptions {
  /** Seed for what a crash keeps and where a write is torn. Default 1. */
  readonly seed?: number;
  /**
   * The disk's size in bytes. Files take blocks of 4,096 bytes, holes none; a write beyond is
   * short, then fails with `ENOSPC`. Default `Infinity`.
   */
  readonly capacityBytes?: number;
  /** Required if calls take time. */
  readonly clock?: Clock;
  /** Duration of `sync` and `syncDirectory`, ms. Default 0: no time, but asynchronous. */
  readonly syncMs?: number;
  /** Duration of `write`, ms. Default 0. */
  readonly writeMs?: number;
  /**
   * Most bytes of a file that are not durable. Beyond, all of them become durable, as when a kernel
   * writes back. Default 64 MiB.
   */
  readonly writebackBytes?: number;
  /** Number of calls that `log` keeps. Default 1,000; 0: none. */
  readonly logLimit?: number;
  /**
   * The result of a dead process's calls, pending and later ones. `reject` (default): `EBADF`, so
   * that pending code ends. `hang`: they never settle, as in a process that is dead.
   */
  readonly onDeath?: 'reject' | 'hang';
}

export interface DiskEndOptions {
  /**
   * What is kept of a pending call and, after a crash, of all that is not durable: any part
   * (`random`, default), nothing or everything.
   */
  readonly keep?: CrashKeep;
  /** Seed for `random`. Default: drawn from the disk's seed, a new one each time. */
  readonly seed?: number;
}

/**
 * An in-memory disk, as one process sees it from its start to its end. `sync` makes a file's bytes
 * and length durable, `syncDirectory` the names in a directory; a crash keeps, loses or tears
 * anything else. All calls take effect and settle asynchronously, without a clock within a
 * microtask or two. The caller owns all files (unless a fault of `makePrivate` changes that) and is
 * not root. Relative paths start at `/`.
 */
export interface SimulatedDisk extends Disk {
  /**
   * Simulates `kill -9`: the process is dead, and its locks are released. Returns the disk that the
   * next process finds: all completed writes, and a part of pending ones. May be called again, also
   * after `crash` or a `stop` fault, for another end of the same process.
   */
  kill(options?: DiskEndOptions): SimulatedDisk;
  /**
   * Simulates a power loss: the process is dead. Returns the disk that the next process finds. Each
   * sector of 512 bytes is as it was last synced, or as after any later change; so is each file's
   * length. Each name that was created, renamed or removed without `syncDirectory` exists or not,
   * in the order of the operations on that name. May be called again, like `kill`, for another
   * outcome.
   */
  crash(options?: DiskEndOptions): SimulatedDisk;
  /**
   * Returns a second disk with the same content, durable where this one is, and the same options,
   * but without locks, faults, log and counts. The disks share pages until either writes them, so
   * that a copy per test is cheap even for thousands of tests.
   */
  fork(): SimulatedDisk;
  readonly dead: boolean;
  /** Resolves when the process is dead. */
  readonly died: Promise<void>;

  readonly faults: DiskFaults;
  readonly calls: DiskCallCounts;
  /** The last calls that settled, in the order of their effects. */
  readonly log: readonly LoggedDiskCall[];
  clearLog(): void;

  /** The size in bytes; may be changed at any time. */
  capacityBytes: number;
  readonly usedBytes: number;
  /** Whether all changes fail with `EROFS`. Default false. */
  readOnly: boolean;

  /**
   * Returns the file as its readers see it. Like all methods below, it takes effect at once,
   * durably and whatever the modes, and counts as no call.
   */
  readFile(path: string): Uint8Array<ArrayBuffer>;
  /** Creates or replaces a file, and creates the directories above it. */
  writeFile(path: string, bytes: Uint8Array): void;
  /** Overwrites some bytes. */
  patchFile(path: string, position: number, bytes: Uint8Array): void;
  truncateFile(path: string, bytes: number): void;
  /** Removes a file, or a directory with its content. */
  erase(path: string): void;
  /** Returns the mode of a file or directory, such as `0o644`. */
  chmod(path: string, mode: number): void;
  /** Returns the sorted paths of all files in a directory (default `/`) and below. */
  files(directory?: string): string[];
}
