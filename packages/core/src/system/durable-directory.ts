import { dirname } from 'node:path';
import type { Disk } from '../contract/disk.js';

/**
 * Creates a directory and its missing parents so that they survive a power loss: it syncs the
 * parent of each directory that it created. The path is absolute.
 */
export async function makeDurable(disk: Disk, directory: string): Promise<void> {
  const made: string[] = [];
  for (let path = directory; (await disk.info(path)) === undefined; path = dirname(path)) made.push(path);
  if (made.length === 0) return;
  await disk.makeDirectory(directory);
  for (const path of made) await disk.syncDirectory(dirname(path));
}
