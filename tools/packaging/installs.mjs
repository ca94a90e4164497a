import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { look, problemOf } from './findings.mjs';
import { jestPackages } from './jest.mjs';
import { sideBySide } from './side-by-side.mjs';
import { userFolder } from './user-folder.mjs';
import { toolsAsHere } from './workspace.mjs';

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./tarballs.mjs').Packed} Packed */

/**
 * Returns what `packed` needs: our own packages as tarballs (the registry has other versions, or
 * none), and its other peers, in the range that it declares.
 *
 * @param {Packed} packed
 * @param {Packed[]} all
 */
function needed({ manifest }, all) {
  const { peerDependencies = {}, dependencies = {} } = manifest;
  const ownTarball = (/** @type {string} */ name) => all.find((one) => one.manifest.name === name)?.tarball;
  return [
    ...Object.entries(peerDependencies).map(([name, range]) => ownTarball(name) ?? `${name}@${range}`),
    ...Object.keys(dependencies).flatMap((name) => ownTarball(name) ?? []),
  ];
}

/**
 * Imports packages by their names, all of them in one process.
 *
 * @param {string[]} names
 * @param {string} folder in which they are installed
 * @returns {Promise<string | undefined>} what is wrong with the first that cannot be imported
 */
async function importAll(names, folder) {
  const program = `for (const name of ${JSON.stringify(names)}) {
      const its = Object.keys(await import(name));
      if (its.length === 0) throw new Error(name + ' exports nothing');
    }`;
  return problemOf(await exec(process.execPath, ['--input-type=module', '-e', program], { cwd: folder }));
}

/**
 * Installs each package, and its declared dependencies, into an empty project of its own, and
 * imports it.
 *
 * @param {Packed[]} all
 * @param {string} folder
 * @returns {Promise<Finding[]>}
 */
export const installAlone = (all, folder) =>
  sideBySide(
    all.map((packed) => () => {
      const { name } = packed.manifest;
      return look(`${name}: installs into an empty project and can be imported`, async () => {
        const own = path.join(folder, name);
        await userFolder(own, [...needed(packed, all), packed.tarball]);
        return importAll([name], own);
      });
    }),
  );

/**
 * Installs all packages into one project, with the tools of a typical user, and imports each.
 *
 * @param {Packed[]} all
 * @param {string} folder
 * @returns {Promise<Finding[]>} the first one says whether it could be done
 */
export async function installTogether(all, folder) {
  const installed = await look('all packages install together', async () => {
    const others = all
      .flatMap((packed) => needed(packed, all))
      .filter((peer) => !all.some(({ tarball }) => tarball === peer));
    const packages = [
      ...all.map(({ tarball }) => tarball),
      ...others,
      ...toolsAsHere(['@types/node', '@opentelemetry/exporter-prometheus', '@opentelemetry/sdk-metrics']),
      ...jestPackages,
    ];
    await userFolder(folder, [...new Set(packages)]);
    return undefined;
  });
  if (installed.problem !== undefined) return [installed];
  const names = all.map(({ manifest }) => manifest.name);
  return [installed, await look('each of them can be imported', () => importAll(names, folder))];
}
