/** Describes the file or directory at a path. */
export interface PathInfo {
  readonly kind: 'file' | 'directory' | 'other';
  readonly bytes: number;
  /** Permission bits, for example `0o600`. */
  readonly mode: number;
}

/** `create`: the file must not exist. `write`: it must exist, and can be read and written. */
export type OpenMode = 'create' | 'write' | 'read';

/** An open file. Every method rejects with Node's system error (`code: 'ENOSPC'`, `'EIO'`, …). */
export interface DiskFile {
  /**
   * Writes the buffers in sequence at `position`; resolves with the bytes written, possibly not
   * all.
   */
  write(buffers: readonly Uint8Array[], position: number): Promise<number>;
  /**
   * Writes like `write`, and the bytes survive a power loss once it has resolved: one call in place
   * of `write` and `sync`. It does not make earlier writes durable. Where a disk lacks it, callers
   * use `write` and `sync`.
   */
  writeThrough?(buffers: readonly Uint8Array[], position: number): Promise<number>;
  /** Resolves with the bytes read: fewer than requested at the end of the file, 0 past it. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Calls fdatasync(2): earlier writes survive a power loss once this has resolved. */
  sync(): Promise<void>;
  /** Shortens or extends the file; added bytes read as zeros. */
  truncate(bytes: number): Promise<void>;
  info(): Promise<PathInfo & { /** Hard links of the file; 0 once it is deleted. */ readonly links: number }>;
  close(): Promise<void>;
}

export interface DirectoryLock {
  release(): Promise<void>;
}

/** A lock that another process already holds; `holder` names it, as far as it is known. */
export interface LockHeld {
  readonly holder: string;
}

/**
 * The local disk, as used by stages that keep bytes. It is injected so that a test can crash it at
 * any write and lose any subset of the unsynced writes. Paths are the operating system's.
 */
export interface Disk {
  /** Resolves with `undefined` when nothing exists at the path. */
  info(path: string): Promise<PathInfo | undefined>;
  /** Creates the directory and its parents with mode 0700; does nothing when it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Resolves with the names in a directory, sorted. */
  list(path: string): Promise<string[]>;
  /** Opens a file; a new one gets mode 0600. */
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /**
   * Removes all permissions of group and others from a file or directory owned by this process's
   * user. Otherwise rejects and changes nothing: `EPERM` for another user's, `EMLINK` for a file
   * with a second hard link, `ELOOP` for any symbolic link. A disk without it leaves permissions
   * unchanged.
   */
  makePrivate?(path: string): Promise<void>;
  /** Renames a file, replacing one that exists at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Deletes a file. */
  remove(path: string): Promise<void>;
  /** Makes changes to the directory's entries (created, renamed, removed) survive a power loss. */
  syncDirectory(path: string): Promise<void>;
  /**
   * Locks the directory for one holder among all processes of this machine; released when its
   * process dies.
   */
  lock(directory: string): Promise<DirectoryLock | LockHeld>;
}
