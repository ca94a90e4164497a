import fs from 'node:fs';
import path from 'node:path';
import { root } from '../setup/places.mjs';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [devDependencies]
 *
 * @typedef {{ folder: string, manifest: Manifest }} Package
 */

/** @param {string} folder @returns {Manifest} */
export const readManifest = (folder) =>
  JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** Returns the published packages, core first, as the others need it. @returns {Package[]} */
export function publicPackages() {
  const packages = path.join(root, 'packages');
  return fs
    .readdirSync(packages)
    .map((name) => path.join(packages, name))
    .filter((folder) => fs.existsSync(path.join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => !manifest.private)
    .sort((a, b) => rank(a) - rank(b) || a.manifest.name.localeCompare(b.manifest.name));
}

/** @param {Package} one */
const rank = ({ manifest }) => (manifest.name === '@holdfast/core' ? 0 : 1);

/**
 * Returns development tools that a user would also have, in the versions of this repository.
 *
 * @param {string[]} names
 */
export function toolsAsHere(names) {
  const { devDependencies = {} } = readManifest(root);
  return names.map((name) => `${name}@${devDependencies[name]}`);
}
