import type { DirectoryLock, LockHeld } from '@holdfast/core/stage';
import type { FileSystem } from './file-system.js';
import type { DirectoryNode } from './nodes.js';

const lockName = /^lock\.(\d+)$/;

/** The locks that a process holds until its end. */
export class DirectoryLocks {
  private readonly held = new Map<DirectoryNode, DirectoryLock>();

  /** Creates `lock.<n>` in the directory, as core's lock does; the file stays after the release. */
  take(fs: FileSystem, path: string): DirectoryLock | LockHeld {
    const directory = fs.tree.directory(path, { syscall: 'open', path });
    if (this.held.has(directory)) return { holder: 'process 1' };
    const older = [...directory.entries.keys()].filter((name) => lockName.test(name));
    const latest = Math.max(0, ...older.map((name) => Number(lockName.exec(name)?.[1])));
    fs.enterOther(`${path}/lock.${latest + 1}`, { syscall: 'listen', path });
    for (const name of older) fs.detach({ directory, name });
    const lock: DirectoryLock = {
      release: () => {
        if (this.held.get(directory) === lock) this.held.delete(directory);
        return Promise.resolve();
      },
    };
    this.held.set(directory, lock);
    return lock;
  }
}
