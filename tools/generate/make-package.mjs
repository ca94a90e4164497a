import fs from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from '../setup/places.mjs';
import { namesOf } from './names.mjs';

const templates = path.join(import.meta.dirname, 'templates');
const suffix = '.tmpl';

const descriptions = {
  middleware: 'A middleware of a Holdfast producer',
  adapter: 'Holdfast over a Kafka client',
};

/** @param {string} text @param {Record<string, string>} values */
const fill = (text, values) => text.replace(/__(\w+?)__/g, (whole, key) => values[key] ?? whole);

/** @param {string} folder @returns {string[]} paths relative to it */
const templatesIn = (folder) =>
  fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(suffix));

/**
 * Makes the kit that every package has: sources that pass the conformance suite, tests, configuration and a README.
 *
 * @param {'middleware' | 'adapter'} kind
 * @param {string} given its name, in kebab-case
 * @param {string} packages the folder that it goes into
 * @returns {Promise<import('./names.mjs').Names>}
 */
export async function makePackage(kind, given, packages) {
  const names = namesOf(kind, given);
  const target = path.join(packages, names.folder);
  if (fs.existsSync(target)) throw new Error(`${target} is there already`);
  const core = JSON.parse(fs.readFileSync(path.join(root, 'packages/core/package.json'), 'utf8'));
  const values = { ...names, kind, description: descriptions[kind], coreRange: `^${core.version}` };
  for (const folder of ['kit', kind].map((name) => path.join(templates, name))) {
    for (const template of templatesIn(folder)) {
      const file = path.join(target, fill(template.slice(0, -suffix.length), values));
      const text = fill(fs.readFileSync(path.join(folder, template), 'utf8'), values);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, await format(text, { ...(await resolveConfig(root + 'x.ts')), filepath: file }));
    }
  }
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(target, 'LICENSE'));
  return names;
}
