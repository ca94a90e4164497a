import fs from 'node:fs';

/**
 * Returns the content of a file, `undefined` when it is missing or incomplete.
 *
 * @param {string} file
 */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
