import type { DirectoryLock, DiskFile, LockHeld, OpenMode, PathInfo } from '@holdfast/core/stage';
import { seededRandom } from '../property/seed.js';
import { DirectAccess } from './direct-access.js';
import { CallRecord, type DiskCallCounts, type LoggedDiskCall } from './call-record.js';
import { Choice } from './choice.js';
import type { DiskOperation } from './disk-call.js';
import { DirectoryLocks } from './directory-locks.js';
import { FaultPlan } from './faults.js';
import { FileSystem } from './file-system.js';
import { OpenFile } from './open-file.js';
import { RunningDisk } from './running-disk.js';
import { resolveOptions } from './simulated-disk-options.js';
import type { DiskEndOptions, SimulatedDisk, SimulatedDiskOptions } from './simulated-disk.js';

type Settings = ReturnType<typeof resolveOptions>;

/** Returns an empty disk. */
export function simulatedDisk(options: SimulatedDiskOptions = {}): SimulatedDisk {
  const settings = resolveOptions(options);
  const fs = new FileSystem(settings.writebackBytes);
  fs.capacityBytes = settings.capacityBytes;
  return new MemoryDisk(fs, settings, settings.seed);
}

class MemoryDisk extends DirectAccess implements SimulatedDisk {
  readonly faults = new FaultPlan();
  private readonly random: () => number;
  private readonly record: CallRecord;
  private readonly running: RunningDisk;
  private readonly locks = new DirectoryLocks();

  constructor(
    fs: FileSystem,
    private readonly settings: Settings,
    private readonly seed: number,
  ) {
    super(fs);
    this.random = seededRandom(seed);
    this.record = new CallRecord(settings.logLimit);
    this.running = new RunningDisk({
      fs,
      faults: this.faults,
      record: this.record,
      random: this.random,
      later: latencyOf(settings),
      onDeath: settings.onDeath,
    });
  }

  info(path: string): Promise<PathInfo | undefined> {
    return this.call({ operation: 'info', syscall: 'stat', path, run: (fs) => fs.info(path) });
  }

  makeDirectory(path: string): Promise<void> {
    return this.call({
      operation: 'makeDirectory',
      syscall: 'mkdir',
      path,
      mutates: true,
      run: (fs) => fs.makeDirectory(path),
    });
  }

  list(path: string): Promise<string[]> {
    return this.call({ operation: 'list', syscall: 'scandir', path, run: (fs) => fs.list(path) });
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const node = await this.call({
      operation: 'open',
      syscall: 'open',
      path,
      mutates: mode === 'create',
      run: (fs) => fs.open(path, mode),
      done: (opened) => this.fs.opened(opened),
    });
    return new OpenFile(this.running, node, path, mode);
  }

  makePrivate(path: string): Promise<void> {
    return this.call({
      operation: 'makePrivate',
      syscall: 'chmod',
      path,
      mutates: true,
      run: (fs) => fs.makePrivate(path),
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.call({
      operation: 'rename',
      syscall: 'rename',
      path: from,
      dest: to,
      mutates: true,
      run: (fs) => fs.rename(from, to),
    });
  }

  remove(path: string): Promise<void> {
    return this.call({
      operation: 'remove',
      syscall: 'unlink',
      path,
      mutates: true,
      run: (fs) => fs.remove(path),
    });
  }

  syncDirectory(path: string): Promise<void> {
    const mark = this.fs.tree.unsynced.mark();
    return this.call({
      operation: 'syncDirectory',
      syscall: 'fsync',
      path,
      mutates: true,
      run: (fs) => fs.syncDirectory(path, mark),
    });
  }

  lock(directory: string): Promise<DirectoryLock | LockHeld> {
    return this.call({
      operation: 'lock',
      syscall: 'open',
      path: directory,
      mutates: true,
      run: (fs) => this.locks.take(fs, directory),
    });
  }

  kill(options: DiskEndOptions = {}): SimulatedDisk {
    return this.end(options, false);
  }

  crash(options: DiskEndOptions = {}): SimulatedDisk {
    return this.end(options, true);
  }

  fork(): SimulatedDisk {
    return new MemoryDisk(this.running.fork(), this.settings, this.seed);
  }

  get dead(): boolean {
    return this.running.dead;
  }

  get died(): Promise<void> {
    return this.running.died;
  }

  get calls(): DiskCallCounts {
    return this.record.counts;
  }

  get log(): readonly LoggedDiskCall[] {
    return this.record.log;
  }

  clearLog(): void {
    this.record.clearLog();
  }

  private end(
    { keep = 'random', seed = this.drawnSeed() }: DiskEndOptions,
    powerLoss: boolean,
  ): SimulatedDisk {
    this.running.die();
    const random = seededRandom(seed);
    const choice = new Choice(keep, random);
    const fs = this.running.fork(choice);
    if (powerLoss) fs.tree.crash(choice);
    return new MemoryDisk(fs, this.settings, Math.floor(random() * 2 ** 31));
  }

  private call<T>(call: CallOnPath<T>): Promise<T> {
    const { path, dest } = call;
    return this.running.run<T>({
      mutates: false,
      about: path,
      ...(dest !== undefined && { to: dest }),
      ...call,
    });
  }

  private drawnSeed(): number {
    return Math.floor(this.random() * 2 ** 31);
  }
}

interface CallOnPath<T> {
  readonly operation: DiskOperation;
  readonly syscall: string;
  readonly path: string;
  readonly dest?: string;
  readonly mutates?: boolean;
  run(fs: FileSystem): T;
  done?(result: T): void;
}

function latencyOf({
  clock,
  syncMs,
  writeMs,
}: Settings): (operation: DiskOperation, run: () => void) => void {
  const ms: { readonly [operation in DiskOperation]?: number } = {
    sync: syncMs,
    syncDirectory: syncMs,
    write: writeMs,
  };
  return (operation, run) => {
    const delayMs = ms[operation] ?? 0;
    if (clock === undefined || delayMs === 0) queueMicrotask(run);
    else clock.after(delayMs, run);
  };
}
