import type { Disk, DiskFile } from '@holdfast/core/stage';

/** `create` is an `open` that creates a file. */
export type DiskCall =
  | 'create'
  | 'open'
  | 'read'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'rename'
  | 'remove'
  | 'list'
  | 'syncDirectory';

export type DiskError = 'EIO' | 'ENOSPC';
export type DiskEffect = 'kill-before' | 'kill-during' | 'kill-after' | DiskError;

/** A fault at one call to the disk. */
export interface DiskFault {
  /** The kinds of calls that count; default all. */
  readonly calls?: readonly DiskCall[];
  /** Strikes at the nth of them, from 1. */
  readonly nth: number;
  /** Counted from the start of the process, or from when the producer is open. */
  readonly since: 'start' | 'open';
  readonly effect: DiskEffect;
  /** Strikes at every later call too. Default false. */
  readonly lasting?: boolean;
}

/**
 * The longest that a call continues before the process is killed during it: about as long as a sync
 * of an SSD.
 */
const longestDuringMs = 0.4;

export function killMyself(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** A real disk that kills the process, or fails, at one call that a seed can name. */
export class FaultyDisk implements Disk {
  readonly lock: Disk['lock'];
  readonly info: Disk['info'];
  readonly makeDirectory: Disk['makeDirectory'];
  private seen = 0;
  private isOpen = false;

  constructor(
    private readonly disk: Disk,
    private readonly fault: DiskFault,
    /** Called before the first fault. */
    private readonly onStrike: () => void,
  ) {
    this.lock = (directory) => disk.lock(directory);
    this.info = (path) => disk.info(path);
    this.makeDirectory = (path) => disk.makeDirectory(path);
  }

  /** Starts the count of faults that begin when the producer is open. */
  opened(): void {
    this.isOpen = true;
  }

  list(path: string): Promise<string[]> {
    return this.at('list', () => this.disk.list(path));
  }

  async open(path: string, mode: 'create' | 'write' | 'read'): Promise<DiskFile> {
    const file = await this.at(mode === 'create' ? 'create' : 'open', () => this.disk.open(path, mode));
    return {
      write: (buffers, position) => this.at('write', () => file.write(buffers, position)),
      read: (into, position) => this.at('read', () => file.read(into, position)),
      sync: () => this.at('sync', () => file.sync()),
      truncate: (bytes) => this.at('truncate', () => file.truncate(bytes)),
      info: () => file.info(),
      close: () => file.close(),
    };
  }

  rename(from: string, to: string): Promise<void> {
    return this.at('rename', () => this.disk.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.at('remove', () => this.disk.remove(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.at('syncDirectory', () => this.disk.syncDirectory(path));
  }

  private async at<T>(call: DiskCall, run: () => Promise<T>): Promise<T> {
    if (!this.strikes(call)) return run();
    const { effect } = this.fault;
    switch (effect) {
      case 'kill-before':
        killMyself();
        return run();
      case 'kill-during': {
        const running = run();
        const until = performance.now() + Math.random() * longestDuringMs;
        while (performance.now() < until);
        killMyself();
        return running;
      }
      case 'kill-after': {
        const result = await run();
        killMyself();
        return result;
      }
      default:
        throw Object.assign(new Error(`${effect}: injected into ${call}`), { code: effect, syscall: call });
    }
  }

  private strikes(call: DiskCall): boolean {
    const { calls, nth, since, lasting = false } = this.fault;
    if (since === 'open' && !this.isOpen) return false;
    if (calls !== undefined && !calls.includes(call)) return false;
    this.seen++;
    if (this.seen === nth) this.onStrike();
    return this.seen === nth || (lasting && this.seen > nth);
  }
}
