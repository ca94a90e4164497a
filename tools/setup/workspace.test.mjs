import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from './places.mjs';

/** @param {string} file */
const read = (file) => JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));

const projects = ['packages', 'apps', 'tools']
  .flatMap((room) => fs.readdirSync(path.join(root, room)).map((name) => `${room}/${name}`))
  .filter((folder) => fs.existsSync(path.join(root, folder, 'package.json')))
  .sort();

it('type-checks every project, and the tools', () => {
  const { references } = read('tsconfig.json');
  const folders = references.map((/** @type {{ path: string }} */ { path: folder }) =>
    path.normalize(folder),
  );
  expect(folders.sort()).toEqual([...projects, 'tsconfig.tools.json'].sort());
});

it('builds every project', () => {
  for (const project of projects) {
    // Nx recognises a project to build by this file.
    expect(fs.existsSync(path.join(root, project, 'tsconfig.lib.json')), project).toBe(true);
  }
});

it('locks every project as in its package.json', () => {
  const { packages } = read('package-lock.json');
  const kinds = ['version', 'dependencies', 'devDependencies', 'peerDependencies', 'peerDependenciesMeta'];
  for (const project of ['', 'tools', ...projects]) {
    const manifest = read(path.join(project, 'package.json'));
    for (const kind of kinds) expect(packages[project]?.[kind], `${project} ${kind}`).toEqual(manifest[kind]);
  }
});

it('has the kind of every project, and tests it', () => {
  for (const project of ['tools', ...projects]) {
    const { nx } = read(`${project}/package.json`);
    expect(nx?.tags, project).toEqual([expect.stringMatching(/^type:/)]);
    expect(fs.existsSync(path.join(root, project, 'vitest.config.ts')), project).toBe(true);
  }
});
