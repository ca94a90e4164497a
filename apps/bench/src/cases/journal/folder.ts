import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * Creates a folder for the case inside the project, not in `/tmp`: that may be memory, where a sync
 * costs nothing.
 */
export async function ownFolder(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const parent = resolve('tmp');
  await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, 'bench-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
