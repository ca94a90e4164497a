/** `nx g @holdfast/tools:middleware <name>` and `nx g @holdfast/tools:adapter <name>`: a new package, passing its tests. */
import { installPackagesTask, logger } from '@nx/devkit';
import { makePackage } from './make-package.mjs';

/** @typedef {{ name: string }} Schema */

/**
 * @param {'middleware' | 'adapter'} kind
 * @returns {import('@nx/devkit').Generator<Schema>}
 */
const generatorOf = (kind) => async (tree, schema) => {
  const { folder } = await makePackage(tree, kind, schema.name);
  return () => {
    installPackagesTask(tree, true);
    logger.info(`Next: npm run unit -- packages/${folder}`);
  };
};

export const middleware = generatorOf('middleware');
export const adapter = generatorOf('adapter');
