import type { Clock, Disk } from '@holdfast/core/stage';
import type { DiskCallCounts, LoggedDiskCall } from './call-record.js';
import type { CrashKeep } from './choice.js';
import type { DiskFaults } from './faults.js';

export interface SimulatedDiskOptions {
  /** Of what a crash keeps, and where a write is torn. Default 1. */
  readonly seed?: number;
  /** Files take space in blocks of 4,096 bytes, holes none; a write beyond is short, then fails with `ENOSPC`. Default `Infinity`. */
  readonly capacityBytes?: number;
  /** Needed when a call is to take time. */
  readonly clock?: Clock;
  /** How long `sync` and `syncDirectory` take. Default 0: no time, and yet later. */
  readonly syncMs?: number;
  /** How long `write` takes. Default 0. */
  readonly writeMs?: number;
  /** Of one file: beyond this, all that is not durable becomes so, as when a kernel writes back. Default 64 MiB. */
  readonly writebackBytes?: number;
  /** How many of the last calls `log` keeps. Default 1,000; 0: none. */
  readonly logLimit?: number;
  /**
   * What becomes of the calls of a dead process, those under way and later ones. `reject` (default): `EBADF`, so that what
   * waits comes to an end. `hang`: no answer, as a dead process hears of nothing.
   */
  readonly onDeath?: 'reject' | 'hang';
}

export interface DiskEndOptions {
  /**
   * Of a call that is under way, and after a crash of all that is not durable: any part (`random`, default), nothing, or all
   * of it.
   */
  readonly keep?: CrashKeep;
  /** Of what `random` keeps. Default: drawn from the disk's, another each time. */
  readonly seed?: number;
}

/**
 * A disk in memory, as one process sees it from its start to its end. `sync` makes a file's bytes and length durable,
 * `syncDirectory` the names in a directory; anything else a crash keeps, loses or tears. Every call takes effect and is
 * answered later, without a clock within a microtask or two; the caller owns all files (a fault of `makePrivate` says otherwise), is not root, and `/` is the directory
 * of a relative path.
 */
export interface SimulatedDisk extends Disk {
  /**
   * `kill -9`: the process is dead, its locks are released. Returns the disk that the next process finds: whatever was written
   * is there, and of what was being written, a part. May be called again, also after `crash` or a `stop` fault, for another end
   * of the same process.
   */
  kill(options?: DiskEndOptions): SimulatedDisk;
  /**
   * Power loss: the process is dead. Returns the disk that the next process finds. Each sector of 512 bytes is as it was last
   * synced, or after any of the changes since; a file is as long as it was, or after any of those; each name that was made,
   * renamed or removed without `syncDirectory` is there or not, in the order of what was done to that name. May be called again,
   * as `kill`, for another outcome.
   */
  crash(options?: DiskEndOptions): SimulatedDisk;
  /**
   * A second disk with the same content, durable where this is, and the same options; without locks, faults, log and counts.
   * Pages are shared until either disk writes them, so that a copy for each of thousands of tests costs little.
   */
  fork(): SimulatedDisk;
  readonly dead: boolean;
  /** Resolves when the process is dead. */
  readonly died: Promise<void>;

  readonly faults: DiskFaults;
  readonly calls: DiskCallCounts;
  /** The last calls that were answered, in the order of their effects. */
  readonly log: readonly LoggedDiskCall[];
  clearLog(): void;

  /** May be changed at any time. */
  capacityBytes: number;
  readonly usedBytes: number;
  /** Every change fails with `EROFS`. Default false. */
  readOnly: boolean;

  /** By hand, as all that follows: at once, durable, whatever the modes; it counts as no call. The file as its readers see it. */
  readFile(path: string): Uint8Array<ArrayBuffer>;
  /** Makes or replaces the file, and makes the directories above it. */
  writeFile(path: string, bytes: Uint8Array): void;
  /** Overwrites some bytes. */
  patchFile(path: string, position: number, bytes: Uint8Array): void;
  truncateFile(path: string, bytes: number): void;
  /** Removes a file, or a directory with all in it. */
  erase(path: string): void;
  /** Of a file or directory, as `0o644`. */
  chmod(path: string, mode: number): void;
  /** The paths of all files in a directory (default `/`) and in those below, sorted. */
  files(directory?: string): string[];
}
