import { join } from 'node:path';
import { ProducerError, type Logger } from '@holdfast/core';
import { makeDurable } from '@holdfast/core/internal';
import type { Disk } from '@holdfast/core/stage';
import * as errors from '../../errors.js';
import { makePrivate } from './permissions.js';

/** The extension of a file of dead letters: JSON Lines (https://jsonlines.org). */
export const extension = '.jsonl';

/**
 * The name of the file, in a directory of dead letters, in which a replay notes what it delivered.
 */
export const progressName = 'replayed.ids';

/** Creates the directory durably if it is missing, and makes it and our files in it private. */
export async function openDirectory(disk: Disk, directory: string, logger: Logger): Promise<void> {
  try {
    await makeDurable(disk, directory);
    const info = await disk.info(directory);
    if (info?.kind !== 'directory') throw errors.notADirectory(directory);
    const names = [...(await letterFiles(disk, directory)), progressName];
    await makePrivate(disk, directory, [directory, ...names.map((name) => join(directory, name))], logger);
  } catch (error) {
    throw ProducerError.is(error) ? error : errors.cannotOpen(directory, error);
  }
}

/** Returns the names of the files of dead letters, oldest first. */
export async function letterFiles(disk: Disk, directory: string): Promise<string[]> {
  return (await disk.list(directory)).filter((name) => name.endsWith(extension));
}

/** Returns the size of all files of dead letters. */
export async function bytesIn(disk: Disk, directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await letterFiles(disk, directory)) {
    bytes += (await disk.info(join(directory, name)))?.bytes ?? 0; // it may have been removed meanwhile
  }
  return bytes;
}
