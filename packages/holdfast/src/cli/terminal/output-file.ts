import { dirname, resolve } from 'node:path';
import { ProducerError } from '@holdfast/core';
import { codeOf, writeAll } from '@holdfast/core/internal';
import type { Disk, DiskFile } from '@holdfast/core/stage';
import { UsageError } from '../arguments/usage-error.js';

/** A file that is there whole and durable, or not at all. */
export class OutputFile {
  private bytes = 0;

  private constructor(
    private readonly path: string,
    private readonly file: DiskFile,
  ) {}

  /** It must not exist yet. It is removed again when `chunks` throws, or the disk takes no more. */
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
      throw cannotWrite(
        this.path,
        error,
        'what was written of it is removed; name a place that has room for it',
      );
    }
  }
}

async function open(disk: Disk, path: string): Promise<DiskFile> {
  try {
    return await disk.open(path, 'create');
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new UsageError([`--output: '${path}' is there already; remove it, or name another file`]);
    throw cannotWrite(path, error, 'name a file in a directory that this process may write to');
  }
}

const cannotWrite = (path: string, error: unknown, advice: string): ProducerError =>
  new ProducerError(
    'OUTPUT_FAILED',
    `'${path}' cannot be written (${codeOf(error) ?? String(error)}); ${advice}`,
    {
      cause: error,
    },
  );
