import { nxEnvironment } from '../setup/nx.mjs';

/**
 * Computes the project graph. Without one the Nx lint rules accept everything, and `eslint` on its
 * own does not compute it.
 */
export async function computeProjectGraph() {
  Object.assign(process.env, nxEnvironment);
  const { createProjectGraphAsync } = await import('@nx/devkit');
  await createProjectGraphAsync();
}
