#!/usr/bin/env node
/** `npm run lint [-- <eslint arguments>]`: ESLint, the boundaries between rooms included. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { computeProjectGraph } from './graph.mjs';

await computeProjectGraph();
const eslint = path.join(
  path.dirname(createRequire(import.meta.url).resolve('eslint/package.json')),
  'bin/eslint.js',
);
const args = process.argv.slice(2);
if (args.every((arg) => arg.startsWith('-'))) args.push('.');
const { status } = spawnSync(process.execPath, [eslint, '--max-warnings', '0', ...args], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
