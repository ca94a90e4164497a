import fs from 'node:fs';
import path from 'node:path';

/** Steps that failed, one file for each, so that not every command retries them for minutes. */
export class Failures {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /** @private @param {string} id */
  file(id) {
    return path.join(this.folder, `setup-failed-${id}.json`);
  }

  /** @param {string} id @returns {import('./step.mjs').State | undefined} */
  read(id) {
    try {
      return JSON.parse(fs.readFileSync(this.file(id), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** @param {string} id @param {import('./step.mjs').State} state */
  write(id, state) {
    fs.writeFileSync(this.file(id), JSON.stringify(state));
  }

  /** @param {string} id */
  forget(id) {
    fs.rmSync(this.file(id), { force: true });
  }
}
