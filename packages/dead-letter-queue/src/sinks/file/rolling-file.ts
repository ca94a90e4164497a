import { join } from 'node:path';
import type { Logger } from '@holdfast/core';
import { writeAll } from '@holdfast/core/internal';
import type { Clock, Disk, DiskFile } from '@holdfast/core/stage';
import * as errors from '../../errors.js';
import { bytesIn, extension, openDirectory } from './directory.js';

export interface LetterLogOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absolute. */
  readonly directory: string;
  /** Of this run of the producer, unique among all that write to the directory, and later than those before it. */
  readonly runId: string;
  readonly maxFileBytes: number;
  readonly maxBytes: number;
}

interface Open {
  readonly path: string;
  readonly file: DiskFile;
  /** All of it is durable. */
  bytes: number;
}

/** Full is full for this long; then it is looked whether somebody has taken files away. */
const recountMs = 1_000;

/**
 * The files of dead letters of one run of a producer. Each is made by this run and closed by it: files of earlier runs and of other
 * processes are never written to, so that several processes may share a directory and a torn end harms no other line. A file that failed to
 * be written or synced is cut back to what is durable and left; one that somebody removed or cut is left as well.
 */
export class LetterLog {
  private current: Open | undefined;
  private made = 0;
  /** In the directory, but for the current file: when it was counted last. */
  private otherBytes = 0;
  private countedAt = -Infinity;

  constructor(private readonly options: LetterLogOptions) {}

  async start(): Promise<void> {
    const { disk, directory, logger } = this.options;
    await openDirectory(disk, directory, logger);
    await this.count();
  }

  get bytes(): number {
    return this.otherBytes + (this.current?.bytes ?? 0);
  }

  /** What may be written before `maxBytes` is reached. */
  get room(): number {
    return Math.max(0, this.options.maxBytes - this.bytes);
  }

  /** Resolves with the file's path when the lines are durable; else none of them counts as stored. */
  async append(lines: Uint8Array): Promise<string> {
    try {
      return await this.tryAppend(lines);
    } catch (error) {
      if (isFull(error)) throw error;
      // The file is at fault, perhaps, and not the disk.
      return await this.tryAppend(lines);
    }
  }

  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return;
    this.otherBytes += current.bytes;
    await current.file.close();
  }

  private async tryAppend(lines: Uint8Array): Promise<string> {
    await this.makeRoom(lines.length);
    const open = (this.current ??= await this.begin());
    try {
      // Past the end of a file that was cut, the disk would fill the gap with zeros, in the line's way.
      if ((await open.file.info()).bytes < open.bytes) throw errors.takenAway(open.path);
      await writeAll(open.file, [lines], open.bytes);
      await open.file.sync();
      if ((await open.file.info()).links === 0) throw errors.takenAway(open.path);
      open.bytes += lines.length;
      return open.path;
    } catch (error) {
      await this.abandon(open);
      throw error;
    }
  }

  private async makeRoom(bytes: number): Promise<void> {
    const { maxBytes, maxFileBytes, clock } = this.options;
    const { current } = this;
    if (current !== undefined && current.bytes > 0 && current.bytes + bytes > maxFileBytes)
      await this.close();
    if (this.bytes + bytes <= maxBytes) return;
    if (clock.now() - this.countedAt >= recountMs) await this.count();
    if (this.bytes + bytes > maxBytes) throw errors.full(maxBytes);
  }

  /** A file that is new: after it is made, its name survives a power loss. */
  private async begin(): Promise<Open> {
    const { disk, directory, runId } = this.options;
    await this.count(); // other processes may have written
    const number = String(++this.made).padStart(6, '0');
    const path = join(directory, `${runId}-${number}${extension}`);
    const file = await disk.open(path, 'create');
    try {
      await disk.syncDirectory(directory);
    } catch (error) {
      await file.close();
      await disk.remove(path).catch(() => undefined);
      throw error;
    }
    return { path, file, bytes: 0 };
  }

  /**
   * After a sync that failed, what is in the file may read well and be gone after a crash (https://lwn.net/Articles/752063/): it is not
   * tried again there. What is not durable goes, as well as it can: those letters go elsewhere.
   */
  private async abandon(open: Open): Promise<void> {
    this.current = undefined;
    this.otherBytes += open.bytes;
    await cutBack(open).catch(() => undefined);
    await open.file.close().catch(() => undefined);
    if (open.bytes === 0) await this.options.disk.remove(open.path).catch(() => undefined);
    this.countedAt = -Infinity;
  }

  private async count(): Promise<void> {
    const { disk, directory, clock } = this.options;
    const bytes = await bytesIn(disk, directory);
    this.otherBytes = Math.max(0, bytes - (this.current?.bytes ?? 0));
    this.countedAt = clock.now();
  }
}

async function cutBack({ file, bytes }: Open): Promise<void> {
  if ((await file.info()).bytes > bytes) await file.truncate(bytes);
}

/** The disk, the user's share of it, or `maxBytes`: another file would find no room either. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'DEAD_LETTERS_FULL'].includes(errors.nameOf(error));
