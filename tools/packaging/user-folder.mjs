import fs from 'node:fs';
import path from 'node:path';
import { exec } from '../setup/exec.mjs';
import { bindingPackage } from '../setup/places.mjs';

const install = [
  'install',
  '--ignore-scripts',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

/**
 * Creates a user's project, outside of the workspace, and installs into it as a user would.
 *
 * @param {string} folder
 * @param {string[]} packages tarballs, and names with versions
 */
export async function userFolder(folder, packages) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );
  await npm(folder, [...install, ...packages]);
  // Fails when a peer is missing, or has an incompatible version.
  await npm(folder, ['ls', '--all']);
  lendBinding(folder);
}

/** @param {string} cwd @param {string[]} args */
async function npm(cwd, args) {
  const { code, output } = await exec('npm', args, { cwd, timeoutMs: 3 * 60_000 });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with code ${code}:\n${output}`);
}

/**
 * Copies the binding that setup made: compiling it once more would prove nothing about our
 * packages.
 *
 * @param {string} folder
 */
function lendBinding(folder) {
  const client = path.join(folder, 'node_modules/@confluentinc/kafka-javascript');
  if (!fs.existsSync(client)) return;
  for (const part of ['Release', 'deps']) {
    const built = path.join(bindingPackage, 'build', part);
    if (fs.existsSync(built)) fs.symlinkSync(built, path.join(mkdir(path.join(client, 'build')), part));
  }
}

/** @param {string} folder */
function mkdir(folder) {
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}
