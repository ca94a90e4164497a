/**
 * `nx g @holdfast/tools:middleware <name>` and `nx g @holdfast/tools:adapter <name>`: a new package
 * that passes its tests.
 */
import { logger } from '@nx/devkit';
import { exec, tail } from '../setup/exec.mjs';
import { makePackage } from './make-package.mjs';

/** @typedef {{ name: string }} Schema */

/**
 * @param {'middleware' | 'adapter'} kind
 * @returns {import('@nx/devkit').Generator<Schema>}
 */
const generatorOf = (kind) => async (tree, schema) => {
  const { folder } = await makePackage(tree, kind, schema.name);
  // Links the package, and adds it to the lock file. Like Nx's own task for this, but silent unless
  // it fails.
  return async () => {
    const { code, output } = await exec('npm', ['install'], { cwd: tree.root, timeoutMs: 5 * 60_000 });
    if (code !== 0) {
      throw new Error(`packages/${folder} is made, but npm install failed; run it again:\n${tail(output)}`);
    }
    logger.info(`Next: npx nx unit ${folder}`);
  };
};

export const middleware = generatorOf('middleware');
export const adapter = generatorOf('adapter');
