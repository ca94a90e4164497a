import { dirname } from 'node:path';
import type { Disk } from '../contract/disk.js';

/**
 * Makes a directory, and those above it, when it is not there. It survives a power loss: those that name what was made are synced, up
 * to the first that was there. The path is absolute.
 */
export async function makeDurable(disk: Disk, directory: string): Promise<void> {
  const made: string[] = [];
  for (let path = directory; (await disk.info(path)) === undefined; path = dirname(path)) made.push(path);
  if (made.length === 0) return;
  await disk.makeDirectory(directory);
  for (const path of made) await disk.syncDirectory(dirname(path));
}
