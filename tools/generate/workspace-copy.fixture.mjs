import fs from 'node:fs';
import path from 'node:path';
import { root } from '../setup/places.mjs';

/** The folders that a copy omits, and those that it shares. */
const leftOut = new Set(['.git', '.nx', 'node_modules', 'tmp', 'coverage', 'tarballs', '.cache']);

/** npm and vite write into these in place; they replace every other file. */
const written = /^\.(package-lock\.json|vite.*|cache)$/;

/** @param {string} from @param {string} to */
function linkTree(from, to) {
  fs.mkdirSync(to);
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(source), target);
    else if (written.test(entry.name)) fs.cpSync(source, target, { recursive: true });
    else if (entry.isDirectory()) linkTree(source, target);
    else fs.linkSync(source, target);
  }
}

/**
 * Makes a copy of this workspace, built and installed, which may be changed: a folder in `tmp`, on
 * the file system of its `node_modules`, so that their files need not be copied.
 */
export function copyOfWorkspace() {
  fs.mkdirSync(path.join(root, 'tmp'), { recursive: true });
  const copy = fs.mkdtempSync(path.join(root, 'tmp/workspace-'));
  for (const name of fs.readdirSync(root).filter((entry) => !leftOut.has(entry))) {
    fs.cpSync(path.join(root, name), path.join(copy, name), { recursive: true, preserveTimestamps: true });
  }
  linkTree(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  fs.symlinkSync(path.join(root, '.cache'), path.join(copy, '.cache'));
  return copy;
}
