import { join } from 'node:path';
import { ProducerError, type Logger } from '@holdfast/core';
import { makeDurable } from '@holdfast/core/internal';
import type { Disk } from '@holdfast/core/stage';
import * as errors from '../../errors.js';
import { keepPrivate } from './permissions.js';

/** Of a file of dead letters: JSON Lines (https://jsonlines.org). */
export const extension = '.jsonl';

/** Of a directory: the file in which a replay notes what it has sent. */
export const progressName = 'replayed.ids';

/** Makes the directory durable when it is not there, and private with all that is ours in it. */
export async function openDirectory(disk: Disk, directory: string, logger: Logger): Promise<void> {
  try {
    await makeDurable(disk, directory);
    const info = await disk.info(directory);
    if (info?.kind !== 'directory') throw errors.noDirectory(directory);
    const names = [...(await letterFiles(disk, directory)), progressName];
    await keepPrivate(disk, directory, [directory, ...names.map((name) => join(directory, name))], logger);
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
