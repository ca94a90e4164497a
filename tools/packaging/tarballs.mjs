import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';

/** @typedef {import('./workspace.mjs').Package & { tarball: string, files: string[] }} Packed */

/**
 * Makes the tarballs that would be published, all at once.
 *
 * @param {import('./workspace.mjs').Package[]} packages
 * @param {string} folder where they go
 * @returns {Promise<Packed[]>}
 */
export async function packAll(packages, folder) {
  const { code, output } = await exec(
    'npm',
    [
      ...['pack', '--json', '--loglevel=error', '--pack-destination', folder],
      ...packages.flatMap((one) => ['--workspace', one.manifest.name]),
    ],
    { cwd: root, timeoutMs: 3 * 60_000 },
  );
  if (code !== 0) throw new Error(`npm pack ended with code ${code}:\n${output}`);
  /** @type {{ name: string, filename: string, files: { path: string }[] }[]} */
  const tarballs = JSON.parse(output.slice(output.indexOf('[')));
  return packages.map((one) => {
    const its = tarballs.find(({ name }) => name === one.manifest.name);
    if (!its) throw new Error(`npm pack made no tarball of ${one.manifest.name}:\n${output}`);
    return {
      ...one,
      tarball: path.join(folder, its.filename),
      files: its.files.map((file) => file.path),
    };
  });
}
