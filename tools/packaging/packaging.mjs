import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../setup/places.mjs';
import { checkCommand } from './command.mjs';
import { inspect } from './inspect.mjs';
import { installAlone, installTogether } from './installs.mjs';
import { checkJest } from './jest.mjs';
import { ReadmeKafka } from './readme-kafka.mjs';
import { checkReadmes } from './readmes.mjs';
import { packAll } from './tarballs.mjs';
import { publicPackages } from './workspace.mjs';

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./tarballs.mjs').Packed} Packed */
/** @typedef {(doing: string) => void} Note hears what is being done */

/** Returns the Markdown that users read. @param {Packed[]} all */
function pages(all) {
  const docs = path.join(root, 'docs');
  return [
    ...[root, ...all.map((packed) => packed.folder)].map((folder) => path.join(folder, 'README.md')),
    ...fs
      .readdirSync(docs)
      .filter((name) => name.endsWith('.md'))
      .map((name) => path.join(docs, name)),
  ].filter((page) => fs.existsSync(page));
}

/** @param {Packed[]} all */
async function inspectAll(all) {
  /** @type {Finding[]} */
  const findings = [];
  for (const packed of all) findings.push(...(await inspect(packed)));
  return findings;
}

/**
 * Packs every public package and passes the tarballs to `work`, in a folder that is removed
 * afterwards.
 *
 * @param {Note} note
 * @param {(all: Packed[], folder: string) => Promise<Finding[]>} work
 */
async function withTarballs(note, work) {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-packaging-'));
  try {
    note('packing');
    return await work(await packAll(publicPackages(), folder), folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Packs every public package, checks the tarballs, and uses them as a user does who has installed
 * all of them outside of the workspace. Needs a build.
 *
 * @param {Note} note
 * @returns {Promise<Finding[]>}
 */
export const checkPackaging = (note) =>
  withTarballs(note, async (all, folder) => {
    const kafka = new ReadmeKafka();
    try {
      note('looking at the tarballs, and installing them together');
      kafka.startFor(pages(all));
      const together = path.join(folder, 'together');
      const [looks, installs] = await Promise.all([inspectAll(all), installTogether(all, together)]);
      if (installs[0]?.problem !== undefined) return [...looks, ...installs];
      note('using them: from the command line, in jest, and as the READMEs do');
      const uses = await Promise.all([
        checkCommand(together),
        checkJest(together),
        checkReadmes(pages(all), together, kafka),
      ]);
      return [...looks, ...installs, ...uses.flat()];
    } finally {
      await kafka.down();
    }
  });

/**
 * Packs every public package, and installs each into an empty project of its own, so that no other
 * package provides a dependency that it fails to declare. Needs a build.
 *
 * @param {Note} note
 * @returns {Promise<Finding[]>}
 */
export const checkInstalls = (note) =>
  withTarballs(note, (all, folder) => {
    note('installing each tarball alone');
    return installAlone(all, path.join(folder, 'alone'));
  });
