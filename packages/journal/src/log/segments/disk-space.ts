import type { Clock, Disk, DiskFile, Timer } from '@holdfast/core/stage';
import * as errors from '../../errors.js';
import { moveAside } from './quarantine.js';

/** A file that is no longer needed, and may become a segment again. */
export interface SpareFile {
  path: string;
  /** An earlier start wrote it, perhaps under another key: nothing of that may stay in it. */
  isForeign?: boolean;
  readonly file: DiskFile;
  readonly bytes: number;
}

export interface DiskSpaceOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly directory: string;
  readonly segmentBytes: number;
  readonly maxBytes: number;
}

/** Two are enough to be ahead of a writer; more would be unused disk space. */
const mostSpares = 2;
/**
 * A writer that fills no segment in this time gains nothing by them: an idle journal has the
 * current segment and the next.
 */
const spareMs = 10_000;

/** The disk space of the segments: `maxBytes` at most, and files that are recycled. */
export class DiskSpace {
  /** Bytes of all files. */
  usedBytes = 0;
  private spares: SpareFile[] = [];
  private timer: Timer | undefined;

  constructor(private readonly options: DiskSpaceOptions) {}

  /** Returns whether `bytes` more are within the limit. */
  has(bytes: number): boolean {
    return this.usedBytes + bytes <= this.options.maxBytes;
  }

  /** Returns a file of that length under that name: a spare, or a new one. */
  async take(path: string, bytes: number): Promise<SpareFile> {
    const { disk, segmentBytes } = this.options;
    const spare = bytes === segmentBytes ? this.spares.pop() : undefined;
    if (spare !== undefined) {
      this.keepAWhile();
      try {
        await disk.rename(spare.path, path);
      } catch (error) {
        await this.remove(spare);
        throw error;
      }
      return { ...spare, path };
    }
    await this.free(bytes);
    const file = await disk.open(path, 'create');
    this.usedBytes += bytes;
    try {
      // A header that is durable promises the length.
      await file.truncate(bytes);
      await file.sync();
    } catch (error) {
      await this.remove({ path, file, bytes });
      throw error;
    }
    return { path, file, bytes };
  }

  /** Restarts the time after which the spares are removed. */
  private keepAWhile(): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.spares.length > 0)
      this.timer = this.options.clock.after(spareMs, () => void this.removeSpares());
  }

  /** Renames a file, and lengthens it if need be, whatever the limit is. */
  async move(
    { path: from, file, bytes: before }: SpareFile,
    path: string,
    bytes: number,
  ): Promise<SpareFile> {
    if (bytes > before) {
      await file.truncate(bytes);
      await file.sync();
    }
    await this.options.disk.rename(from, path);
    this.usedBytes += bytes - before;
    return { path, file, bytes };
  }

  /** Does nothing when it has that many bytes already. */
  async lengthen({ file, bytes: before }: SpareFile, bytes: number): Promise<void> {
    if (bytes <= before) return;
    await this.free(bytes - before);
    await file.truncate(bytes);
    await file.sync();
    this.usedBytes += bytes - before;
  }

  async setAside({ path, file, bytes }: SpareFile): Promise<void> {
    if (bytes === this.options.segmentBytes && this.spares.length < mostSpares) {
      this.spares.push({ path, file, bytes });
      this.keepAWhile();
    } else await this.remove({ path, file, bytes });
  }

  async rename(spare: SpareFile, path: string): Promise<void> {
    await this.options.disk.rename(spare.path, path);
    spare.path = path;
  }

  /** Moves a file to the quarantine: not all of it could be read. */
  async moveAside({ path, file, bytes }: SpareFile): Promise<void> {
    await file.close().catch(() => undefined);
    const { disk, directory } = this.options;
    await moveAside({ disk, directory, mode: 'write', corruption: 'salvage' }, path);
    this.usedBytes -= bytes;
  }

  async remove({ path, file, bytes }: SpareFile): Promise<void> {
    // A file that cannot be removed now is found by the next start, and removed then.
    await file.close().catch(() => undefined);
    await this.options.disk.remove(path).catch(() => undefined);
    this.usedBytes -= bytes;
  }

  /** Removes spares until there is room for `bytes`. */
  private async free(bytes: number): Promise<void> {
    while (!this.has(bytes)) {
      const unused = this.spares.pop();
      if (unused === undefined) throw errors.full(this.options.maxBytes);
      await this.remove(unused);
    }
  }

  async removeSpares(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    for (const spare of this.spares.splice(0)) await this.remove(spare);
  }
}
