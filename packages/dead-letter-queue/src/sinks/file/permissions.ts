import type { Logger } from '@holdfast/core';
import { makeAllPrivate } from '@holdfast/core/internal';
import type { Disk } from '@holdfast/core/stage';
import * as errors from '../../errors.js';

/**
 * Removes the permissions of group and others from `paths`, each of which is `root` or inside it.
 * Rejects with `DEAD_LETTERS_INSECURE` when others can read a path and this cannot be changed.
 */
export async function makePrivate(
  disk: Disk,
  root: string,
  paths: readonly string[],
  logger: Logger,
): Promise<void> {
  const { tightened, exposed } = await makeAllPrivate(disk, paths);
  if (exposed.length > 0) throw errors.readableByOthers(root, exposed);
  if (tightened.length === 0) return;
  logger.warn(
    "others could read dead letters; their permissions were removed. A mount that adds permissions, such as Kubernetes' fsGroup, does so each time",
    { path: root, paths: tightened.length },
  );
}
