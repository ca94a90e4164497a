import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { tail } from './exec.mjs';
import { runTargets } from './nx.mjs';
import { cache, root } from './places.mjs';
import { impossible, missing, nothingWorks, ready } from './step.mjs';

const stamp = path.join(cache, 'built');

/**
 * Returns the folders that `tsconfig.json` names, relative to the root: each of them is built.
 *
 * @returns {string[]}
 */
function projects() {
  /** @type {{ references: { path: string }[] }} */
  const { references } = JSON.parse(fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
  return references.map((reference) => reference.path).filter((one) => !one.endsWith('.json'));
}

/** @param {string} folder @returns {string[]} */
const filesBelow = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** Changes whenever a source, a configuration, the lock file or any build output does. */
function fingerprint() {
  const files = [path.join(root, 'tsconfig.base.json'), path.join(root, 'package-lock.json')];
  for (const project of projects()) {
    const folder = path.join(root, project);
    files.push(path.join(folder, 'package.json'), path.join(folder, 'tsconfig.lib.json'));
    files.push(...filesBelow(path.join(folder, 'src')), ...filesBelow(path.join(folder, 'dist')));
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const { mtimeMs, size } = fs.statSync(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function upToDate() {
  try {
    return fs.readFileSync(stamp, 'utf8') === fingerprint();
  } catch {
    return false;
  }
}

/** @type {import('./step.mjs').Step} */
export const build = {
  name: 'TypeScript build',
  after: ['modules'],
  essential: true,
  costs: nothingWorks,
  async check() {
    return upToDate() ? ready('up to date') : missing('the sources have changed');
  },
  async make(progress) {
    const onLine = (/** @type {string} */ line) => progress.note(line);
    const { code, output } = await runTargets(['build'], { timeoutMs: 10 * 60_000, onLine });
    if (code !== 0) return impossible(`\`nx run-many -t build\` failed:\n${tail(output, 40)}\n `);
    fs.writeFileSync(stamp, fingerprint());
    return ready('built');
  },
};
