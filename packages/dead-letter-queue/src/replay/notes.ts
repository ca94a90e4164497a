import { dirname } from 'node:path';
import { ProducerError, silentLogger } from '@holdfast/core';
import { writeAll } from '@holdfast/core/internal';
import type { Disk, DiskFile } from '@holdfast/core/stage';
import { nameOf } from '../errors.js';
import { isId } from '../letter/letter-id.js';
import { keepPrivate } from '../sinks/file/permissions.js';
import { linesOf } from './lines.js';

/** Notes are written and synced so many at a time: a crash costs as many letters sent again. */
const groupOfNotes = 100;

/** The ids of letters that were sent and delivered, a line each, in a file that is only ever added to. */
export class Notes {
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

  /** What was noted before; nothing is written. */
  static async read(disk: Disk, path: string): Promise<ReadonlySet<string>> {
    return (await readIds(disk, path)).ids;
  }

  /** To add to; an end that a crash tore is cut away. */
  static async open(disk: Disk, path: string): Promise<Notes> {
    const { ids, bytes, exists } = await readIds(disk, path);
    if (!exists) return new Notes(disk, path, ids, undefined, 0);
    await keepPrivate(disk, path, [path], silentLogger);
    const file = await disk.open(path, 'write');
    try {
      await file.truncate(bytes);
    } catch (error) {
      await file.close();
      throw error;
    }
    return new Notes(disk, path, ids, file, bytes);
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  add(id: string): void {
    this.waiting.push(id);
    if (this.waiting.length >= groupOfNotes) this.write();
  }

  /** Why notes can be taken no more. */
  get failed(): ProducerError | undefined {
    if (this.failure === undefined) return undefined;
    const { error } = this.failure;
    return new ProducerError(
      'DEAD_LETTERS_FAILED',
      `what was replayed cannot be noted in '${this.path}' (${nameOf(error)}), so the replay has stopped; the next one sends some letters again`,
      { cause: error },
    );
  }

  /** Resolves when all is durable, or has failed. */
  async end(): Promise<void> {
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

/** What a crash leaves of an id: a part of it, and zeros where it had come to. */
const tornId = /^[\w.:@+-]*\0*$/;

/** A file that is something else would be cut and added to. */
const noProgress = (path: string, why: string): ProducerError =>
  new ProducerError(
    'DEAD_LETTERS_FAILED',
    `'${path}' is no progress of a replay: ${why}; give 'progress' another path`,
  );

async function readIds(
  disk: Disk,
  path: string,
): Promise<{ readonly ids: Set<string>; readonly bytes: number; readonly exists: boolean }> {
  const ids = new Set<string>();
  const info = await disk.info(path);
  if (info === undefined) return { ids, bytes: 0, exists: false };
  if (info.kind !== 'file') throw noProgress(path, 'it is no file');
  let bytes = 0;
  for await (const { text, number, at, whole } of linesOf(disk, path, info.bytes)) {
    if (!(whole ? isId(text) : tornId.test(text)))
      throw noProgress(path, `line ${number} is no id of a dead letter`);
    bytes = at;
    if (!whole) continue;
    ids.add(text);
    bytes = at + text.length + 1;
  }
  return { ids, bytes, exists: true };
}
