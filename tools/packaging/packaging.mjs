import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';
import { checkCommand } from './command.mjs';
import { look, problemOf } from './findings.mjs';
import { checkJest } from './jest.mjs';
import { checkReadmes } from './readmes.mjs';
import { inspect, pack } from './tarballs.mjs';
import { userFolder } from './user-folder.mjs';
import { publicPackages, toolsAsHere } from './workspace.mjs';

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./tarballs.mjs').Packed} Packed */

/**
 * Of our own packages those that `packed` needs, from their tarballs: the registry has other ones, or none. Of others its peers, as
 * the range asks for them.
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
 * Installs one package and what it asks for into an empty project, and imports it.
 *
 * @param {Packed} packed
 * @param {Packed[]} all
 * @param {string} folder
 */
function installAlone(packed, all, folder) {
  const { name } = packed.manifest;
  return look(`${name}: installs into an empty project and can be imported`, async () => {
    await userFolder(folder, [...needed(packed, all), packed.tarball]);
    const program = `const its = Object.keys(await import('${name}'));
      if (its.length === 0) throw new Error('it exports nothing');`;
    return problemOf(await exec(process.execPath, ['--input-type=module', '-e', program], { cwd: folder }));
  });
}

/** @param {Packed[]} all @param {string} folder @returns {Promise<Finding[]>} */
async function readmes(all, folder) {
  const folders = [root, ...all.map((packed) => packed.folder)];
  const docs = fs.readdirSync(path.join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const pages = [
    ...folders.map((place) => path.join(place, 'README.md')),
    ...docs.map((name) => path.join(root, 'docs', name)),
  ];
  const installed = await look('all packages install together', async () => {
    const others = all
      .flatMap((packed) => needed(packed, all))
      .filter((peer) => !all.some(({ tarball }) => tarball === peer));
    const tools = toolsAsHere(['typescript', '@types/node']);
    await userFolder(folder, [...new Set([...all.map(({ tarball }) => tarball), ...others, ...tools])]);
    return undefined;
  });
  if (installed.problem !== undefined) return [installed];
  return [
    installed,
    ...(await checkCommand(folder)),
    ...(await checkJest(folder)),
    ...(await checkReadmes(
      pages.filter((page) => fs.existsSync(page)),
      folder,
    )),
  ];
}

/**
 * Packs every public package, looks at the tarballs, and uses them as a user would, outside of the workspace. Needs a
 * build.
 *
 * @param {(doing: string) => void} note hears what is being done
 * @returns {Promise<Finding[]>}
 */
export async function checkPackaging(note) {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-packaging-'));
  try {
    /** @type {Packed[]} */
    const all = [];
    for (const one of publicPackages()) {
      note(`packing ${one.manifest.name}`);
      all.push(await pack(one, folder));
    }
    /** @type {Finding[]} */
    const findings = [];
    for (const packed of all) {
      note(`looking at ${packed.manifest.name}`);
      findings.push(...(await inspect(packed)));
      note(`installing ${packed.manifest.name}`);
      findings.push(await installAlone(packed, all, path.join(folder, 'alone', packed.manifest.name)));
    }
    note('compiling and running the code of the READMEs');
    findings.push(...(await readmes(all, path.join(folder, 'together'))));
    return findings;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
