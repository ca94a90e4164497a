import { dirname, join, resolve } from 'node:path';
import { ProducerError } from '@holdfast/core';
import { anObject, checkOptions, nodeDisk, type Disk } from '@holdfast/core/stage';
import { fromLine } from '../format/json-line.js';
import { extension, letterFiles, progressName } from '../sinks/file/directory.js';
import { linesOf } from './lines.js';
import { storedAt, type DeadLetterSource, type StoredDeadLetter, type UnreadableLetter } from './source.js';

export interface FileDeadLettersOptions {
  /** Default: the local disk. */
  readonly disk?: Disk;
}

/**
 * What the file sink wrote: of one file (`….jsonl`), or of all in a directory. A producer may go on writing there: what was there
 * when the reading began is read.
 */
export function fileDeadLetters(path: string, options: FileDeadLettersOptions = {}): DeadLetterSource {
  checkOptions('fileDeadLetters', options, { disk: anObject }, [
    typeof path === 'string' && path !== '' ? undefined : 'the path must be that of a file or a directory',
  ]);
  const { disk = nodeDisk } = options;
  const absolute = resolve(path);
  const directory = absolute.endsWith(extension) ? dirname(absolute) : absolute;
  return { read: () => lettersAt(disk, absolute), progress: join(directory, progressName) };
}

async function* lettersAt(disk: Disk, path: string): AsyncGenerator<StoredDeadLetter | UnreadableLetter> {
  for (const { path: file, bytes } of await filesAt(disk, path)) {
    for await (const { text, number, whole } of linesOf(disk, file, bytes)) {
      const place = `${file}:${number}`;
      if (whole) yield storedAt(fromLine(text), place);
      else yield { place, problem: 'it has no end: a crash took it, or it is being written' };
    }
  }
}

/** As long as they are now: a replay whose letters fail again, into the same files, comes to an end. */
async function filesAt(disk: Disk, path: string): Promise<{ path: string; bytes: number }[]> {
  const info = await disk.info(path);
  if (info === undefined) {
    throw new ProducerError(
      'DEAD_LETTERS_FAILED',
      `there is no file or directory '${path}'; give that of the file sink`,
    );
  }
  if (info.kind !== 'directory') {
    if (path.endsWith(extension)) return [{ path, bytes: info.bytes }];
    throw new ProducerError(
      'DEAD_LETTERS_FAILED',
      `'${path}' is no file of dead letters: the name of one ends in ${extension}`,
    );
  }
  const files = [];
  for (const name of await letterFiles(disk, path)) {
    const file = join(path, name);
    const found = await disk.info(file); // somebody may have taken it away
    if (found?.kind === 'file') files.push({ path: file, bytes: found.bytes });
  }
  return files;
}
