#!/usr/bin/env node
/**
 * `node tools/setup/run.mjs <script> [arguments]`: sets up what is missing, without a word when nothing is, then runs a
 * built script as if it had been called itself.
 */
import path from 'node:path';
import { dieWithChildren } from './exec.mjs';
import { passThrough } from './pass-through.mjs';
import { root } from './places.mjs';
import { prepare, whyNotThisNode } from './prepare.mjs';

const [script, ...args] = process.argv.slice(2);
const problem = script ? whyNotThisNode() : 'usage: node tools/setup/run.mjs <script> [arguments]';
if (!script || problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

const stopListening = dieWithChildren();
if (!(await prepare({ quiet: true })).works) process.exit(1);
stopListening();

// The demo and the bench show what a user's own program would: core's development guard is off in production.
const env = script.startsWith('apps/') ? { NODE_ENV: 'production', ...process.env } : process.env;
passThrough(path.resolve(root, script), args, env);
