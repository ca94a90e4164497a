import fs from 'node:fs';
import path from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemKindInfo } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root } from '../setup/places.mjs';
import { look } from './findings.mjs';

/** @typedef {import('./tarballs.mjs').Packed} Packed */

const unwanted = /\.(test|test-d|fixture|bench)\.|\.tsbuildinfo$|\.int\./;
const wanted = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'];

/** Returns what is wrong with the list of files of a tarball. @param {Packed} packed */
function contents({ files, folder }) {
  const problems = [
    ...wanted.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...files.filter((file) => unwanted.test(file)).map((file) => `${file} does not belong into a package`),
  ];
  const license = path.join(folder, 'LICENSE');
  if (
    fs.existsSync(license) &&
    !fs.readFileSync(license).equals(fs.readFileSync(path.join(root, 'LICENSE')))
  ) {
    problems.push('LICENSE differs from the one of the repository');
  }
  return problems;
}

/**
 * Returns the warnings of publint.
 *
 * @param {Packed} packed
 * @param {Uint8Array<ArrayBuffer>} tarball
 */
async function publishing({ manifest }, tarball) {
  const { messages, pkg } = await publint({ level: 'warning', pack: { tarball: tarball.slice().buffer } });
  return messages.map(
    (message) => formatMessage(message, pkg, { color: false }) ?? `${message.code} in ${manifest.name}`,
  );
}

/** Ways to import that packages of pure ES modules do not support: their result does not matter. */
const notImported = new Set(['node10', 'node16-cjs']);

/**
 * Returns TypeScript's problems with each way of importing a package.
 *
 * @param {Packed} packed
 * @param {Uint8Array<ArrayBuffer>} tarball
 */
async function types({ manifest }, tarball) {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (analysis.types === false) return [`${manifest.name} has no types`];
  return analysis.problems
    .filter((problem) => !('resolutionKind' in problem && notImported.has(problem.resolutionKind)))
    .map(({ kind, ...where }) => `${problemKindInfo[kind].title}: ${JSON.stringify(where)}`);
}

/**
 * Checks a tarball, without installing it.
 *
 * @param {Packed} packed
 * @returns {Promise<import('./findings.mjs').Finding[]>}
 */
export async function inspect(packed) {
  const { name } = packed.manifest;
  const tarball = new Uint8Array(fs.readFileSync(packed.tarball));
  /** @param {string} what @param {() => string[] | Promise<string[]>} problems */
  const find = (what, problems) =>
    look(`${name}: ${what}`, async () => (await problems()).join('\n') || undefined);
  return [
    await find('contents', () => contents(packed)),
    await find('publint', () => publishing(packed, tarball)),
    await find('types for every way of importing it', () => types(packed, tarball)),
  ];
}
