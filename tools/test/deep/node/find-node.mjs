import fs from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { exec } from '../../../setup/exec.mjs';

/**
 * Where version managers keep each Node.js: a folder per version, and the path of the program in
 * it.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} home
 * @returns {[versions: string, program: string][]}
 */
function managers(env, home) {
  const data = env['XDG_DATA_HOME'] ?? path.join(home, '.local/share');
  return [
    [path.join(env['NVM_DIR'] ?? path.join(home, '.nvm'), 'versions/node'), 'bin/node'],
    [path.join(env['FNM_DIR'] ?? path.join(data, 'fnm'), 'node-versions'), 'installation/bin/node'],
    [path.join(env['VOLTA_HOME'] ?? path.join(home, '.volta'), 'tools/image/node'), 'bin/node'],
    [path.join(env['ASDF_DATA_DIR'] ?? path.join(home, '.asdf'), 'installs/nodejs'), 'bin/node'],
    [path.join(env['MISE_DATA_DIR'] ?? path.join(data, 'mise'), 'installs/node'), 'bin/node'],
    [path.join(env['N_PREFIX'] ?? '/usr/local', 'n/versions/node'), 'bin/node'],
  ];
}

/** @param {string} folder */
const entries = (folder) => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);

/** @param {string} a @param {string} b */
const newestFirst = (a, b) => b.localeCompare(a, 'en', { numeric: true });

/**
 * Returns the Node.js of a major version on this machine, `undefined` without one: the newest of a
 * version manager, otherwise the one on the PATH. Runs each to get its version: a folder may be
 * empty, or a link to another.
 *
 * @param {number} major
 * @param {{ env?: NodeJS.ProcessEnv, home?: string }} [where]
 */
export async function findNode(major, { env = process.env, home = homedir() } = {}) {
  const managed = managers(env, home).flatMap(([versions, program]) =>
    entries(versions)
      .filter((name) => name.replace(/^v/, '').split('.')[0] === String(major))
      .sort(newestFirst)
      .map((name) => path.join(versions, name, program)),
  );
  const onPath = (env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node'));
  for (const program of [...managed, ...onPath]) {
    if (fs.existsSync(program) && (await majorOf(program)) === major) return program;
  }
  return undefined;
}

/** @param {string} program */
async function majorOf(program) {
  const { code, output } = await exec(program, ['-p', 'process.versions.node'], {
    env: { NODE_OPTIONS: '' },
  });
  return code === 0 ? Number(output.split('.')[0]) : undefined;
}
