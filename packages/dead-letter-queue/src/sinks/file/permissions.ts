import type { Logger } from '@holdfast/core';
import { makeAllPrivate } from '@holdfast/core/internal';
import type { Disk } from '@holdfast/core/stage';
import * as errors from '../../errors.js';

/**
 * Takes the permissions of group and others from the paths, which are all `root` or in it. Rejects with `DEAD_LETTERS_INSECURE` where
 * others can read and that cannot be changed.
 */
export async function keepPrivate(
  disk: Disk,
  root: string,
  paths: readonly string[],
  logger: Logger,
): Promise<void> {
  const { tightened, exposed } = await makeAllPrivate(disk, paths);
  if (exposed.length > 0) throw errors.readableByOthers(root, exposed);
  if (tightened.length === 0) return;
  logger.warn(
    'others could read dead letters: their permissions were taken away; a mount that gives them, as with fsGroup of Kubernetes, does so each time',
    { path: root, paths: tightened.length },
  );
}
