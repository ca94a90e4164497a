#!/usr/bin/env node
/**
 * `npm test [-- --only unit,lint | --skip integration]`: sets itself up and runs every check,
 * whatever the result of the others. Checks that have not changed since they passed come from Nx's
 * cache. The last line counts passed and failed, and the exit code is 1 when any failed.
 */
import { choose as chooseChecks } from './arguments.mjs';
import { checks, toRun } from './checks.mjs';
import { runChecks } from './run-checks.mjs';

/** @param {string[]} args */
function choose(args) {
  const chosen = chooseChecks(args, checks);
  const { HOLDFAST_SEED: seed = '1', HOLDFAST_RUNS: runs = "each test's own" } = process.env;
  process.stdout.write(`Generated tests: HOLDFAST_SEED=${seed}, HOLDFAST_RUNS: ${runs}\n`);
  return toRun(chosen);
}

await runChecks(() => choose(process.argv.slice(2)));
