#!/usr/bin/env node
/**
 * `npm test [-- --only unit,lint | --skip integration]`: sets itself up and runs every check, whatever became of the
 * others; what has not changed since it passed comes from Nx's cache. The last line says how many passed and failed, and the exit code is 1 when any failed.
 */
import { choose } from './arguments.mjs';
import { checks, toRun } from './checks.mjs';
import { runChecks } from './run-checks.mjs';

await runChecks(() => toRun(choose(process.argv.slice(2), checks)));
