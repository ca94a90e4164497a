import type { SystemCall } from './disk-error.js';
import type { FileSystem } from './file-system.js';
import type { FileNode } from './nodes.js';

/** The calls of `Disk` and `DiskFile`; `info` is that of both. */
export type DiskOperation =
  | 'info'
  | 'makeDirectory'
  | 'list'
  | 'open'
  | 'makePrivate'
  | 'rename'
  | 'remove'
  | 'syncDirectory'
  | 'lock'
  | 'write'
  | 'read'
  | 'sync'
  | 'truncate'
  | 'close';

/** A call from its beginning to its answer. */
export interface DiskCall<T> extends SystemCall {
  readonly operation: DiskOperation;
  /** Of the file or directory that it is about, as it was named to open it. */
  readonly about: string;
  readonly to?: string;
  readonly position?: number;
  /** It changes what is on the disk, or what is durable. */
  readonly mutates: boolean;
  /** The open file's. */
  readonly node?: FileNode;
  /** Takes effect on the file system, or on a fork of it where `node` has a twin; `limit`: on so many bytes at most. */
  run(fs: FileSystem, node: FileNode | undefined, limit: number): T;
  /** It has taken effect, and the process that made it is alive. */
  done?(result: T): void;
  /** An injected error: what it leaves behind. Default: nothing. */
  fail?(): void;
  /** Keeps what the caller may change from now on. */
  hold?(): void;
  /** Of a write that is under way: how much it would write. */
  readonly bytes?: number;
}
