import fs from 'node:fs';
import path from 'node:path';
import { format } from 'prettier';
import { root } from '../setup/places.mjs';

/** Adds a project to the references of a tsconfig of the root. @param {string} config @param {string} project */
async function addReference(config, project) {
  const file = path.join(root, config);
  const content = JSON.parse(fs.readFileSync(file, 'utf8'));
  content.references.push({ path: project });
  content.references.sort((/** @type {{ path: string }} */ a, /** @type {{ path: string }} */ b) =>
    a.path.localeCompare(b.path),
  );
  fs.writeFileSync(file, await format(JSON.stringify(content), { filepath: file, printWidth: 110 }));
}

/** Makes the type checker and the build know a package. @param {string} folder its folder's name in `packages` */
export async function register(folder) {
  await addReference('tsconfig.json', `./packages/${folder}`);
  await addReference('tsconfig.build.json', `./packages/${folder}/tsconfig.lib.json`);
}
