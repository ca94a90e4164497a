import { join } from 'node:path';
import { makeAllPrivate } from '@holdfast/core/internal';
import type { Disk, Env } from '@holdfast/core/stage';
import * as errors from '../errors.js';

const segmentExtension = '.segment';
const quarantineName = 'quarantine';

/**
 * Removes the permissions of group and others from the journal's files. Rejects with
 * `JOURNAL_INSECURE` and all paths when others can read some and that cannot be changed.
 */
export async function keepPrivate(
  directory: string,
  { disk, logger }: Pick<Env, 'disk' | 'logger'>,
): Promise<void> {
  const { tightened, exposed } = await makeAllPrivate(disk, await pathsIn(directory, disk));
  if (exposed.length > 0) throw errors.readableByOthers(directory, exposed);
  if (tightened.length === 0) return;
  logger.warn(
    'others could read the journal: their permissions were removed; a mount that grants them, as with fsGroup of Kubernetes, does so each time',
    { directory, paths: tightened.length },
  );
}

async function pathsIn(directory: string, disk: Disk): Promise<string[]> {
  const quarantine = join(directory, quarantineName);
  const names = await disk.list(directory);
  const segments = names
    .filter((name) => name.endsWith(segmentExtension))
    .map((name) => join(directory, name));
  if (!names.includes(quarantineName)) return [directory, ...segments];
  const damaged = await disk.list(quarantine).catch(() => []);
  return [directory, ...segments, quarantine, ...damaged.map((name) => join(quarantine, name))];
}
