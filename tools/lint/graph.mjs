import { nxEnvironment } from '../setup/nx.mjs';

/**
 * The Nx lint rules pass everything while no project graph has been computed, and `eslint` on its own does not
 * compute one. This does.
 */
export async function computeProjectGraph() {
  Object.assign(process.env, nxEnvironment);
  const { createProjectGraphAsync } = await import('@nx/devkit');
  await createProjectGraphAsync();
}
