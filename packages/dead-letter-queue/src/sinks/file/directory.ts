import { join } from 'node:path';
import { makeDurable, ProducerError, type Disk } from '@holdfast/core';
import * as errors from '../../errors.js';

/** Of a file of dead letters: JSON Lines (https://jsonlines.org). */
export const extension = '.jsonl';

/** Makes the directory, private and durable, when it is not there; refuses one that others can read. */
export async function openDirectory(disk: Disk, directory: string): Promise<void> {
  try {
    await makeDurable(disk, directory);
    const info = await disk.info(directory);
    if (info?.kind !== 'directory') throw errors.noDirectory(directory);
    if ((info.mode & 0o077) !== 0) throw errors.readableByOthers(directory, info.mode);
  } catch (error) {
    throw ProducerError.is(error) ? error : errors.cannotOpen(directory, error);
  }
}

/** The names of the files of dead letters, oldest first. */
export async function letterFiles(disk: Disk, directory: string): Promise<string[]> {
  return (await disk.list(directory)).filter((name) => name.endsWith(extension));
}

export async function bytesIn(disk: Disk, directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await letterFiles(disk, directory)) {
    bytes += (await disk.info(join(directory, name)))?.bytes ?? 0; // somebody may have taken it away
  }
  return bytes;
}
