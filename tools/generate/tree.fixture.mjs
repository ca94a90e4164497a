import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../setup/places.mjs';

/** What a generator reads or changes of this workspace. */
const files = ['LICENSE', 'tsconfig.json', 'packages/core/package.json'];

/** This workspace, as far as generators look at it, in memory. */
export function workspaceTree() {
  const tree = createTreeWithEmptyWorkspace({ formatter: 'prettier' });
  for (const file of files) tree.write(file, fs.readFileSync(path.join(root, file)));
  tree.write('.prettierrc', fs.readFileSync(path.join(root, '.prettierrc.json')));
  return tree;
}

/** The files in `folder`, by their paths in it. @param {import('@nx/devkit').Tree} tree @param {string} folder */
export function filesIn(tree, folder) {
  const made = tree.listChanges().filter((change) => change.path.startsWith(`${folder}/`));
  return new Map(made.map(({ path: file, content }) => [path.posix.relative(folder, file), String(content)]));
}
