import { formatFiles, generateFiles, getProjects, readJson, updateJson } from '@nx/devkit';
import path from 'node:path';
import { namesOf } from './names.mjs';

/** @typedef {import('@nx/devkit').Tree} Tree */

const descriptions = {
  middleware: 'A middleware of a Holdfast producer',
  adapter: 'Holdfast over a Kafka client',
};

/**
 * Makes the kit that every package has: sources that pass the conformance suite, tests,
 * configuration and a README. The type checker and the build know it; npm does after the next
 * install.
 *
 * @param {Tree} tree
 * @param {'middleware' | 'adapter'} kind
 * @param {string} given its name, in kebab-case
 * @returns {Promise<import('./names.mjs').Names>}
 */
export async function makePackage(tree, kind, given) {
  const names = namesOf(kind, given);
  const target = `packages/${names.folder}`;
  refuseWhatIsThere(tree, target, `@holdfast/${names.folder}`);
  const { version } = readJson(tree, 'packages/core/package.json');
  const values = { ...names, kind, description: descriptions[kind], coreRange: `^${version}` };
  for (const files of ['kit/files', `${kind}/files`]) {
    generateFiles(tree, path.join(import.meta.dirname, files), target, values);
  }
  tree.write(`${target}/LICENSE`, tree.read('LICENSE') ?? '');
  addReference(tree, `./${target}`);
  await formatFiles(tree);
  return names;
}

/** @param {Tree} tree @param {string} folder @param {string} project */
function refuseWhatIsThere(tree, folder, project) {
  const other = getProjects(tree).get(project)?.root;
  if (other !== undefined) throw new Error(`${project} is there already, in ${other}: choose another name`);
  if (tree.exists(folder)) {
    throw new Error(`${folder} is there already: remove it, or choose another name`);
  }
}

/**
 * Adds a project to the type checker and the build.
 *
 * @param {Tree} tree
 * @param {string} project
 */
function addReference(tree, project) {
  updateJson(
    tree,
    'tsconfig.json',
    (content) => {
      /** @type {{ path: string }[]} */
      const references = [...content.references, { path: project }];
      return { ...content, references: references.sort((a, b) => a.path.localeCompare(b.path)) };
    },
    // On one line, since prettier keeps existing line breaks.
    { spaces: 0 },
  );
}
