import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../setup/places.mjs';

/** The files of this workspace that a generator reads or changes. */
const files = ['LICENSE', 'tsconfig.json', 'packages/core/package.json'];

/** Returns the part of this workspace that generators read, in memory. */
export function workspaceTree() {
  const tree = createTreeWithEmptyWorkspace({ formatter: 'prettier' });
  for (const file of files) tree.write(file, fs.readFileSync(path.join(root, file)));
  tree.write('.prettierrc', fs.readFileSync(path.join(root, '.prettierrc.json')));
  return tree;
}

/**
 * Returns the files in `folder`, by their relative paths.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} folder
 */
export function filesIn(tree, folder) {
  const made = tree.listChanges().filter((change) => change.path.startsWith(`${folder}/`));
  return new Map(made.map(({ path: file, content }) => [path.posix.relative(folder, file), String(content)]));
}
