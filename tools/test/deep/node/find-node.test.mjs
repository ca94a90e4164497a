import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findNode } from './find-node.mjs';

let home = '';
beforeEach(() => {
  home = fs.mkdtempSync(path.join(tmpdir(), 'holdfast-node-'));
});
afterEach(() => fs.rmSync(home, { recursive: true }));

/**
 * A program that reports that version.
 *
 * @param {string} folder
 * @param {string} version
 */
function place(folder, version) {
  const program = path.join(home, folder, 'node');
  fs.mkdirSync(path.dirname(program), { recursive: true });
  fs.writeFileSync(program, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  return program;
}

/** @param {number} major @param {NodeJS.ProcessEnv} [env] */
const found = (major, env = {}) => findNode(major, { env, home });

it('finds the newest one of a version manager', async () => {
  place('.nvm/versions/node/v22.9.0/bin', '22.9.0');
  const newest = place('.nvm/versions/node/v22.20.0/bin', '22.20.0');
  place('.nvm/versions/node/v24.1.0/bin', '24.1.0');
  expect(await found(22)).toBe(newest);
});

it('finds those of other version managers, and in configured folders', async () => {
  const fnm = place('.local/share/fnm/node-versions/v22.1.0/installation/bin', '22.1.0');
  const volta = place('elsewhere/tools/image/node/24.1.0/bin', '24.1.0');
  expect(await found(22)).toBe(fnm);
  expect(await found(24, { VOLTA_HOME: path.join(home, 'elsewhere') })).toBe(volta);
});

it('finds one on the PATH, when it has that version', async () => {
  const node = place('bin', '22.3.0');
  const env = { PATH: `/nowhere${path.delimiter}${path.dirname(node)}` };
  expect(await found(22, env)).toBe(node);
  expect(await found(24, env)).toBeUndefined();
});

it('ignores one that does not run', async () => {
  fs.mkdirSync(path.join(home, '.nvm/versions/node/v22.9.0/bin'), { recursive: true });
  fs.writeFileSync(path.join(home, '.nvm/versions/node/v22.9.0/bin/node'), 'no program');
  expect(await found(22)).toBeUndefined();
});
