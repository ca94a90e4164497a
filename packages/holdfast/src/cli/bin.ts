#!/usr/bin/env node
import { createRequire } from 'node:module';
import { nodeDisk, systemClock } from '@holdfast/core/stage';
import { exitCodes } from './exit-codes.js';
import { Interrupted } from './errors.js';
import { main } from './main.js';

const interrupted = new AbortController();

function interrupt(signal: 'SIGINT' | 'SIGTERM'): void {
  if (interrupted.signal.aborted) process.exit(exitCodes[signal].code);
  process.stderr.write('\nholdfast: stopping; once more to leave at once\n');
  interrupted.abort(new Interrupted(signal));
}

process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

/* eslint-disable no-restricted-syntax -- a program of its own: dryRunTarget imports it */
const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };
const code = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
  disk: nodeDisk,
  signal: interrupted.signal,
  importModule: (url) => import(url) as Promise<unknown>,
  version,
});
// Not left to the event loop: a module of the user's may have left something open.
process.exit(code);
