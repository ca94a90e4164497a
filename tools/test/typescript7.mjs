#!/usr/bin/env node
/**
 * Checks all types with TypeScript 7, which shares no code with the one that builds. It builds too, as declarations are
 * part of what is checked, and so it gets a copy of the sources: its output must not mix with the other's.
 */
import fs from 'node:fs';
import path from 'node:path';
import { dieWithChildren, exec } from '../setup/exec.mjs';
import { root } from '../setup/places.mjs';

// Inside of the repository, so that the packages in node_modules are found from it.
const copy = path.join(root, 'tmp/typescript7');
const notCopied = new Set(['node_modules', 'dist', 'out-tsc', 'templates', 'results']);

/** @param {string} name relative to the root */
const take = (name) =>
  fs.cpSync(path.join(root, name), path.join(copy, name), {
    recursive: true,
    filter: (source) => !notCopied.has(path.basename(source)),
  });

/** Our own packages must be found in the copy and not in the original. */
function linkPackages() {
  const scope = 'node_modules/@holdfast';
  fs.mkdirSync(path.join(copy, scope), { recursive: true });
  const scoped = fs.readdirSync(path.join(root, scope)).map((name) => path.join(scope, name));
  for (const link of [...scoped, 'node_modules/holdfast']) {
    const target = path.relative(root, fs.realpathSync(path.join(root, link)));
    fs.symlinkSync(path.join(copy, target), path.join(copy, link), 'junction');
  }
}

dieWithChildren();
fs.rmSync(copy, { recursive: true, force: true });
try {
  const rootFiles = fs
    .readdirSync(root)
    .filter((name) => /^(tsconfig.*|package)\.json$|\.(ts|mjs)$/.test(name));
  for (const name of [...rootFiles, 'packages', 'apps', 'tools']) take(name);
  linkPackages();
  const tsc = path.join(root, 'node_modules/typescript-7/bin/tsc');
  const { code, output } = await exec(process.execPath, [tsc, '-b', '--pretty', 'false'], {
    cwd: copy,
    timeoutMs: 4 * 60_000,
  });
  process.stdout.write(output);
  process.exitCode = code;
} finally {
  fs.rmSync(copy, { recursive: true, force: true });
}
