import { join } from 'node:path';
import type { Logger } from '@holdfast/core';
import { writeAll } from '@holdfast/core/internal';
import type { Clock, Disk, DiskFile } from '@holdfast/core/stage';
import * as errors from '../../errors.js';
import { bytesIn, extension, openDirectory } from './directory.js';

export interface RollingFileWriterOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absolute. */
  readonly directory: string;
  /** Unique among all runs that write to the directory. A later run has an id that sorts later. */
  readonly runId: string;
  readonly maxFileBytes: number;
  readonly maxBytes: number;
}

interface OpenFile {
  readonly path: string;
  readonly file: DiskFile;
  /** All of them are durable. */
  bytes: number;
}

/** A full directory is counted again after this long, in case files have been removed. */
const recountMs = 1_000;

/**
 * Writes lines to the files of dead letters of one run of a producer. A run writes only to files
 * that it created, so several processes may share a directory, and a torn end damages no other
 * line. A file whose write or sync failed is truncated to its durable part and not used again. A
 * file that somebody removed or truncated is not used again either.
 */
export class RollingFileWriter {
  private current: OpenFile | undefined;
  private created = 0;
  /** The size of the other files in the directory at the last count. */
  private otherBytes = 0;
  private countedAt = -Infinity;

  constructor(private readonly options: RollingFileWriterOptions) {}

  async start(): Promise<void> {
    const { disk, directory, logger } = this.options;
    await openDirectory(disk, directory, logger);
    await this.count();
  }

  get bytes(): number {
    return this.otherBytes + (this.current?.bytes ?? 0);
  }

  /** How much may be written before `maxBytes` is reached. */
  get freeBytes(): number {
    return Math.max(0, this.options.maxBytes - this.bytes);
  }

  /**
   * Resolves with the path of the file when the lines are durable. If it rejects, none is stored.
   */
  async append(lines: Uint8Array): Promise<string> {
    try {
      return await this.tryAppend(lines);
    } catch (error) {
      if (isFull(error)) throw error;
      // Perhaps only the file is at fault, and not the disk.
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
    await this.rollIfNeeded(lines.length);
    const open = (this.current ??= await this.create());
    try {
      // Beyond the end of a truncated file, the disk would fill the gap with zeros.
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

  /**
   * Closes the current file when it has no room for `bytes`. Throws when the directory has none.
   */
  private async rollIfNeeded(bytes: number): Promise<void> {
    const { maxBytes, maxFileBytes, clock } = this.options;
    const { current } = this;
    if (current !== undefined && current.bytes > 0 && current.bytes + bytes > maxFileBytes)
      await this.close();
    if (this.bytes + bytes <= maxBytes) return;
    if (clock.now() - this.countedAt >= recountMs) await this.count();
    if (this.bytes + bytes > maxBytes) throw errors.full(maxBytes);
  }

  /** Creates a file whose name survives a power loss. */
  private async create(): Promise<OpenFile> {
    const { disk, directory, runId } = this.options;
    await this.count(); // other processes may have written
    const number = String(++this.created).padStart(6, '0');
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
   * After a failed sync, the content of a file may be readable now and gone after a crash
   * (https://lwn.net/Articles/752063/), so the file is not used again. What is not durable is
   * removed as far as possible, because those letters go elsewhere.
   */
  private async abandon(open: OpenFile): Promise<void> {
    this.current = undefined;
    this.otherBytes += open.bytes;
    await truncateToDurable(open).catch(() => undefined);
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

async function truncateToDurable({ file, bytes }: OpenFile): Promise<void> {
  if ((await file.info()).bytes > bytes) await file.truncate(bytes);
}

/**
 * Returns whether the disk, a quota or `maxBytes` is exhausted. Another file would not help then.
 */
const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'DEAD_LETTERS_FULL'].includes(errors.codeOrName(error));
