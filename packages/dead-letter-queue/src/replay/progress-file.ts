import { dirname } from 'node:path';
import { silentLogger, type ProducerError } from '@holdfast/core';
import { writeAll } from '@holdfast/core/internal';
import type { Disk, DiskFile } from '@holdfast/core/stage';
import * as errors from '../errors.js';
import { isLetterId } from '../letter/letter-id.js';
import { makePrivate } from '../sinks/file/permissions.js';
import { readLines } from './read-lines.js';

/**
 * Ids are written and synced in groups of this size. After a crash, as many letters are sent again.
 */
const groupSize = 100;

/** The ids of delivered letters, one per line, in a file that is only appended to. */
export class ProgressFile {
  private waiting: string[] = [];
  private writing: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | undefined;

  private constructor(
    private readonly disk: Disk,
    private readonly path: string,
    private readonly ids: Set<string>,
    private file: DiskFile | undefined,
    private bytes: number,
  ) {}

  /** Resolves with the ids in a file. Writes nothing. */
  static async read(disk: Disk, path: string): Promise<ReadonlySet<string>> {
    return (await readIds(disk, path)).ids;
  }

  /** Opens a file to append to, and removes an end that a crash tore. */
  static async open(disk: Disk, path: string): Promise<ProgressFile> {
    const { ids, bytes, exists } = await readIds(disk, path);
    if (!exists) return new ProgressFile(disk, path, ids, undefined, 0);
    await makePrivate(disk, path, [path], silentLogger);
    const file = await disk.open(path, 'write');
    try {
      await file.truncate(bytes);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new ProgressFile(disk, path, ids, file, bytes);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  add(id: string): void {
    this.waiting.push(id);
    if (this.waiting.length >= groupSize) this.write();
  }

  /** Why ids can no longer be written; `undefined` while they can. */
  get failed(): ProducerError | undefined {
    return this.failure && errors.cannotNoteProgress(this.path, this.failure.error);
  }

  /** Resolves when everything is durable, or writing has failed. */
  async close(): Promise<void> {
    this.write();
    await this.writing;
    await this.file?.close().catch((error: unknown) => (this.failure ??= { error }));
  }

  private write(): void {
    const group = this.waiting;
    this.waiting = [];
    if (group.length === 0) return;
    this.writing = this.writing.then(() => this.append(group));
  }

  private async append(group: readonly string[]): Promise<void> {
    if (this.failure !== undefined) return;
    try {
      const file = (this.file ??= await this.create());
      const lines = Buffer.from(group.map((id) => `${id}\n`).join(''));
      await writeAll(file, [lines], this.bytes);
      await file.sync();
      this.bytes += lines.length;
    } catch (error) {
      this.failure = { error };
    }
  }

  private async create(): Promise<DiskFile> {
    const file = await this.disk.open(this.path, 'create');
    await this.disk.syncDirectory(dirname(this.path));
    return file;
  }
}

/** What a crash leaves of an id: its beginning, and zeros for the rest. */
const tornId = /^[\w.:@+-]*\0*$/;

async function readIds(
  disk: Disk,
  path: string,
): Promise<{ readonly ids: Set<string>; readonly bytes: number; readonly exists: boolean }> {
  const ids = new Set<string>();
  const info = await disk.info(path);
  if (info === undefined) return { ids, bytes: 0, exists: false };
  if (info.kind !== 'file') throw errors.notAProgressFile(path, 'it is not a file');
  let bytes = 0;
  for await (const { text, number, at, isWhole } of readLines(disk, path, info.bytes)) {
    if (!(isWhole ? isLetterId(text) : tornId.test(text)))
      throw errors.notAProgressFile(path, `line ${number} is not the id of a dead letter`);
    bytes = at;
    if (!isWhole) continue;
    ids.add(text);
    bytes = at + text.length + 1;
  }
  return { ids, bytes, exists: true };
}
