import { dirname, join, resolve } from 'node:path';
import { anObject, checkOptions, nodeDisk, type Disk } from '@holdfast/core/stage';
import * as errors from '../errors.js';
import { decodeLine } from '../format/json-line.js';
import { extension, letterFiles, progressName } from '../sinks/file/directory.js';
import { readLines } from './read-lines.js';
import { storedAt, type DeadLetterSource, type StoredDeadLetter, type UnreadableLetter } from './source.js';

export interface FileDeadLettersOptions {
  /** Default: the local disk. */
  readonly disk?: Disk;
}

/**
 * Returns the letters that the file sink wrote, of one file (`….jsonl`) or of all files in a
 * directory. A producer may continue to write there. Letters that it writes after reading has begun
 * are not included.
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
    for await (const { text, number, isWhole } of readLines(disk, file, bytes)) {
      const place = `${file}:${number}`;
      if (isWhole) yield storedAt(decodeLine(text), place);
      else yield { place, problem: 'its end is missing: a crash tore it, or it is being written' };
    }
  }
}

/**
 * Returns the files with their present lengths. So a replay ends even if its letters fail again,
 * into the same files.
 */
async function filesAt(disk: Disk, path: string): Promise<{ path: string; bytes: number }[]> {
  const info = await disk.info(path);
  if (info === undefined) throw errors.nothingAt(path);
  if (info.kind !== 'directory') {
    if (path.endsWith(extension)) return [{ path, bytes: info.bytes }];
    throw errors.notALetterFile(path, extension);
  }
  const files = [];
  for (const name of await letterFiles(disk, path)) {
    const file = join(path, name);
    const found = await disk.info(file); // it may have been removed meanwhile
    if (found?.kind === 'file') files.push({ path: file, bytes: found.bytes });
  }
  return files;
}
