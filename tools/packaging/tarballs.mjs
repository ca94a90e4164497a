import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';
import { look, problemOf } from './findings.mjs';

/** @typedef {import('./workspace.mjs').Package & { tarball: string, files: string[] }} Packed */

const unwanted = /\.(test|test-d|fixture|bench)\.|\.tsbuildinfo$|\.int\./;
const wanted = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'];

/**
 * Makes the tarball that would be published.
 *
 * @param {import('./workspace.mjs').Package} one
 * @param {string} folder where it goes
 * @returns {Promise<Packed>}
 */
export async function pack(one, folder) {
  const { code, output } = await exec(
    'npm',
    ['pack', '--json', '--loglevel=error', '--pack-destination', folder],
    {
      cwd: one.folder,
    },
  );
  if (code !== 0) throw new Error(`npm pack failed in ${one.folder}:\n${output}`);
  const [{ filename, files }] = JSON.parse(output.slice(output.indexOf('[')));
  return {
    ...one,
    tarball: path.join(folder, filename),
    files: files.map((/** @type {{ path: string }} */ file) => file.path),
  };
}

/** What is wrong with the list of files of a tarball. @param {Packed} packed */
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
  return problems.length > 0 ? problems.join('\n') : undefined;
}

/** @param {Packed} packed @returns {Promise<import('./findings.mjs').Finding[]>} */
export async function inspect(packed) {
  const { name } = packed.manifest;
  /** @param {string} script @param {string[]} args */
  const run = async (script, args) =>
    problemOf(
      await exec(process.execPath, [path.join(root, 'node_modules', script), ...args], { cwd: root }),
    );
  return [
    await look(`${name}: contents`, async () => contents(packed)),
    await look(`${name}: publint`, () => run('publint/src/cli.js', [packed.tarball, '--strict'])),
    await look(`${name}: types for every way of importing it`, () =>
      run('@arethetypeswrong/cli/dist/index.js', [
        packed.tarball,
        '--profile',
        'esm-only',
        '--no-emoji',
        '--no-color',
      ]),
    ),
  ];
}
