import fs from 'node:fs';

/** What a file holds, `undefined` when it is not there or not whole. @param {string} file */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
