#!/usr/bin/env node
/**
 * `npm run test:deep [-- part … | --skip part,part | --list]`: sets itself up and runs what takes
 * too long for `npm test`, part by part, from a new seed unless `HOLDFAST_SEED` gives one. The last
 * line counts passed and failed, and the exit code is 1 when any failed.
 */
import { chooseParts, list } from './deep/arguments.mjs';
import { partsWith } from './deep/parts.mjs';
import { repeatable, seedOf } from './deep/seed.mjs';
import { leftovers } from './leftovers.mjs';
import { runChecks } from './run-checks.mjs';

/** @param {string[]} args */
function choose(args) {
  const seed = seedOf(process.env);
  const parts = chooseParts(args, partsWith(seed));
  process.stdout.write(`HOLDFAST_SEED=${seed} for ${parts.map(({ name }) => name).join(', ')}\n`);
  return [
    ...parts.flatMap(({ name, checks }) => checks.map((check) => repeatable(check, name, seed))),
    leftovers,
  ];
}

const args = process.argv.slice(2);
if (args.join() === '--list') process.stdout.write(list(partsWith('1')));
else await runChecks(() => choose(args));
