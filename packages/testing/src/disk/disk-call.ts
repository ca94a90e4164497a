import type { SystemCall } from './disk-error.js';
import type { FileSystem } from './file-system.js';
import type { FileNode } from './nodes.js';

/** The calls of `Disk` and `DiskFile`; both have an `info`. */
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

/** A call from its beginning until it settles. */
export interface DiskCall<T> extends SystemCall {
  readonly operation: DiskOperation;
  /** The path of the file or directory, as it was opened. */
  readonly about: string;
  readonly to?: string;
  readonly position?: number;
  /** Whether it changes the disk or what is durable. */
  readonly mutates: boolean;
  /** The open file's. */
  readonly node?: FileNode;
  /**
   * Applies the call to the file system, or to a fork of it in which `node` has a copy; `limit`:
   * most bytes.
   */
  run(fs: FileSystem, node: FileNode | undefined, limit: number): T;
  /** Called after it has taken effect, if its process is alive. */
  done?(result: T): void;
  /** Applies the side effects of an injected error. Default: none. */
  fail?(): void;
  /** Copies what the caller may change from now on. */
  hold?(): void;
  /** The bytes that a pending write would write. */
  readonly bytes?: number;
}
