import { dirname, resolve } from 'node:path';
import { codeOf, writeAll } from '@holdfast/core/internal';
import type { Disk, DiskFile } from '@holdfast/core/stage';
import { cannotWriteFile, outputExists } from '../errors.js';

/** A file that exists either whole and durable, or not at all. */
export class OutputFile {
  private bytes = 0;

  private constructor(
    private readonly path: string,
    private readonly file: DiskFile,
  ) {}

  /**
   * Writes a new file, which must not exist yet. Removes it again when `chunks` throws or the disk
   * is full.
   */
  static async write(disk: Disk, path: string, chunks: AsyncIterable<string>): Promise<void> {
    const absolute = resolve(path);
    const output = new OutputFile(absolute, await open(disk, absolute));
    try {
      for await (const chunk of chunks) await output.append(chunk);
      await output.end(disk);
    } catch (error) {
      await output.file.close().catch(() => undefined);
      await disk.remove(absolute).catch(() => undefined);
      throw error;
    }
  }

  private async append(chunk: string): Promise<void> {
    const buffer = Buffer.from(chunk);
    await this.onDisk(writeAll(this.file, [buffer], this.bytes));
    this.bytes += buffer.length;
  }

  private async end(disk: Disk): Promise<void> {
    await this.onDisk(this.file.sync());
    await this.onDisk(this.file.close());
    await this.onDisk(disk.syncDirectory(dirname(this.path)));
  }

  private async onDisk(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      throw cannotWriteFile(this.path, error, 'the part that was written is removed; name a place with room');
    }
  }
}

async function open(disk: Disk, path: string): Promise<DiskFile> {
  try {
    return await disk.open(path, 'create');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw outputExists(path);
    throw cannotWriteFile(path, error, 'name a file in a directory that this process may write to');
  }
}
