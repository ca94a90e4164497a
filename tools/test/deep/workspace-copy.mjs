import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../setup/places.mjs';

const scope = 'node_modules/@holdfast';

/**
 * Calls `use` with a copy of the workspace, and then removes the copy. Our own packages resolve to
 * the copy; all others to the original's `node_modules`, as the copy is inside the repository.
 *
 * @template T
 * @param {string} name of the copy's folder
 * @param {string[]} notCopied names of files and folders, besides what is never a source
 * @param {(copy: string) => Promise<T>} use
 */
export async function withWorkspaceCopy(name, notCopied, use) {
  const copy = path.join(root, 'tmp', name);
  fs.rmSync(copy, { recursive: true, force: true });
  try {
    copySources(copy, new Set(['node_modules', 'results', ...notCopied]));
    linkPackages(copy);
    return await use(copy);
  } finally {
    fs.rmSync(copy, { recursive: true, force: true });
  }
}

/** @param {string} copy @param {Set<string>} notCopied */
function copySources(copy, notCopied) {
  const isWanted = (/** @type {string} */ file) => /^(tsconfig.*|package)\.json$|\.(ts|mjs)$/.test(file);
  for (const name of [...fs.readdirSync(root).filter(isWanted), 'packages', 'apps', 'tools', 'docs']) {
    const filter = (/** @type {string} */ source) => !notCopied.has(path.basename(source));
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true, filter });
  }
}

/** @param {string} copy */
function linkPackages(copy) {
  fs.mkdirSync(path.join(copy, scope), { recursive: true });
  const scoped = fs.readdirSync(path.join(root, scope)).map((name) => path.join(scope, name));
  for (const link of [...scoped, 'node_modules/holdfast']) {
    const target = path.relative(root, fs.realpathSync(path.join(root, link)));
    fs.symlinkSync(path.join(copy, target), path.join(copy, link), 'junction');
  }
}
