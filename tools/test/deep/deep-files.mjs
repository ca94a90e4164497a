import fs from 'node:fs';
import path from 'node:path';

const suffix = /\.deep\.test\.(ts|mjs)$/;
const places = ['packages', 'apps', 'tools'];
const notOurs = new Set(['node_modules', 'dist', 'out-tsc', 'tmp']);

/** @param {string} folder @returns {string[]} */
function below(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      const place = path.join(folder, entry.name);
      if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : below(place);
      return suffix.test(entry.name) ? [place] : [];
    });
}

/** Returns the first sentence of a source's first doc comment. @param {string} source */
export function firstSentence(source) {
  const comment = /\/\*\*(.*?)\*\//s.exec(source)?.[1];
  const text = comment
    ?.replaceAll(/^\s*\* ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text ? /^.*?[.:](?=\s|$)|^.*$/.exec(text)?.[0].replace(/[.:]$/, '') : undefined;
}

/**
 * Returns the deep tests: each file is a part named after it, and files with the same name are one
 * part.
 *
 * @param {string} root of the repository
 * @returns {{ name: string, does: string, files: string[] }[]} `files` relative to the root
 */
export function deepFiles(root) {
  /** @type {Map<string, { name: string, does: string, files: string[] }>} */
  const parts = new Map();
  const files = places.map((place) => path.join(root, place)).filter((place) => fs.existsSync(place));
  for (const file of files.flatMap(below)) {
    const name = path.basename(file).replace(suffix, '');
    const does = firstSentence(fs.readFileSync(file, 'utf8')) ?? path.relative(root, file);
    const part = parts.get(name) ?? { name, does, files: [] };
    part.files.push(path.relative(root, file));
    parts.set(name, part);
  }
  return [...parts.values()];
}
