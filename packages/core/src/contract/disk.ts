/** What a path leads to. */
export interface PathInfo {
  readonly kind: 'file' | 'directory' | 'other';
  readonly bytes: number;
  /** Permission bits, as `0o600`. */
  readonly mode: number;
}

/** `create`: must not exist yet. `write`: must exist, and is read and written. */
export type OpenMode = 'create' | 'write' | 'read';

/** An open file. Every method rejects with Node's system error (`code: 'ENOSPC'`, `'EIO'`, …). */
export interface DiskFile {
  /** Writes the buffers one after the other at `position`; resolves with the bytes written, which may be fewer. */
  write(buffers: readonly Uint8Array[], position: number): Promise<number>;
  /**
   * As `write`, and what it wrote survives a power loss once it has resolved: one call in place of `write` and `sync`. It says nothing
   * of what was written before. A disk without it is written to and synced.
   */
  writeThrough?(buffers: readonly Uint8Array[], position: number): Promise<number>;
  /** Resolves with the bytes read: fewer than asked for at the end of the file, 0 behind it. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** fdatasync(2): what was written before the call survives a power loss once this has resolved. */
  sync(): Promise<void>;
  /** Cuts or lengthens the file; what is added reads as zeros. */
  truncate(bytes: number): Promise<void>;
  info(): Promise<
    PathInfo & { /** Directory entries that lead here; 0: it was deleted. */ readonly links: number }
  >;
  close(): Promise<void>;
}

export interface DirectoryLock {
  release(): Promise<void>;
}

/** A lock that somebody holds already; `holder` says who, as far as it is known. */
export interface LockHeld {
  readonly holder: string;
}

/**
 * The local disk, as stages that keep bytes use it. It is injected, so that a test can crash it at any write and lose any
 * subset of what was not synced. Paths are the operating system's.
 */
export interface Disk {
  /** `undefined`: there is nothing. */
  info(path: string): Promise<PathInfo | undefined>;
  /** Makes the directory with mode 0700, and those above it; nothing happens when it is there. */
  makeDirectory(path: string): Promise<void>;
  /** The names in a directory, sorted. */
  list(path: string): Promise<string[]>;
  /** A new file has mode 0600. */
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /**
   * Takes all permissions of group and others from a file or directory that is this process's own. Rejects, and changes nothing, when it
   * is not: `EPERM` for another user's, `EMLINK` for a file with a second name, `ELOOP` for a link, wherever that leads. A disk without
   * it leaves permissions as they are.
   */
  makePrivate?(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes the directory's entries survive a power loss: files made, renamed and removed in it. */
  syncDirectory(path: string): Promise<void>;
  /** One holder at a time among all processes of this machine; the death of its process releases it. */
  lock(directory: string): Promise<DirectoryLock | LockHeld>;
}
