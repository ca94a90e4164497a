#!/usr/bin/env node
/**
 * `node tools/setup/run.mjs <script> [arguments]`: sets up what the script needs, silently when
 * nothing is missing, then runs the built script as if it had been called directly.
 */
import path from 'node:path';
import { dieWithChildren } from './process-groups.mjs';
import { needsBinding } from './needs.mjs';
import { passThrough } from './pass-through.mjs';
import { root } from './places.mjs';
import { prepare, whyNotThisNode } from './prepare.mjs';
import { whyNoRealKafka } from './real-kafka.mjs';

const [name, ...args] = process.argv.slice(2);
const problem = name ? whyNotThisNode() : 'usage: node tools/setup/run.mjs <script> [arguments]';
if (!name || problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
const script = path.resolve(root, name);

const stopListening = dieWithChildren();
const setup = prepare({ quiet: true });
const kafka = setup.need('kafka');
if (!(await setup.need('build')).works) process.exit(1);
const hasKafka = async () => (await kafka, (await whyNoRealKafka()) === undefined);
if (await needsBinding(script, args, hasKafka)) await setup.need('binding');
await kafka;
stopListening();

// The demo and the bench behave as a user's program in production: core's leak detector is off.
const env = name.startsWith('apps/') ? { NODE_ENV: 'production', ...process.env } : process.env;
passThrough(script, args, env);
