import fs from 'node:fs';
import path from 'node:path';
import { exec, tail } from './exec.mjs';
import { root } from './places.mjs';
import { impossible, missing, nothingWorks, ready } from './step.mjs';

/** @typedef {{ version?: string, resolved?: string, link?: boolean, optional?: boolean, extraneous?: boolean }} Entry */

/** @param {string} file @returns {Record<string, Entry>} */
const packages = (file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')).packages;

/**
 * Returns what `npm ci` would change: the first package of the lock file that npm's own list of
 * installed packages lacks or has in another version. npm writes that list last, so an interrupted
 * installation has none.
 */
function firstDifference() {
  /** @type {Record<string, Entry>} */
  let installed;
  try {
    installed = packages('node_modules/.package-lock.json');
  } catch {
    return 'node_modules';
  }
  for (const [name, entry] of Object.entries(packages('package-lock.json'))) {
    // Optional packages include those of other platforms.
    if (!name.startsWith('node_modules/') || entry.optional) continue;
    const there = installed[name];
    if (there?.version !== entry.version || there?.resolved !== entry.resolved) return name;
    if (entry.link && !fs.existsSync(path.join(root, name))) return name;
  }
  return undefined;
}

/** @type {import('./step.mjs').Step} */
export const modules = {
  name: 'npm packages',
  after: [],
  essential: true,
  costs: nothingWorks,
  async check() {
    const difference = firstDifference();
    return difference === undefined
      ? ready('as package-lock.json says')
      : missing(`${difference} is not there`);
  },
  async make(progress) {
    const { code, output } = await exec('npm', ['ci', '--ignore-scripts', '--include=dev', '--no-audit'], {
      cwd: root,
      timeoutMs: 15 * 60_000,
      onLine: (line) => progress.note(line),
    });
    if (code !== 0) return impossible(`\`npm ci\` failed with code ${code}:\n${tail(output)}\n `);
    return ready('installed');
  },
};
