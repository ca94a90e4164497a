/**
 * The Nx lint rules pass everything while no project graph has been computed, and `eslint` on its own does not
 * compute one. This does, without leaving a daemon behind.
 */
export async function computeProjectGraph() {
  process.env['NX_DAEMON'] = 'false';
  process.env['NX_ISOLATE_PLUGINS'] = 'false';
  const { createProjectGraphAsync } = await import('@nx/devkit');
  await createProjectGraphAsync();
}
