#!/usr/bin/env node
/**
 * `npm test [-- --only unit,lint | --skip integration]`: sets itself up and runs every check, whatever became of the
 * one before. The last line says how many passed and failed, and the exit code is 1 when any failed.
 */
import { dieWithChildren } from '../setup/exec.mjs';
import { modules } from '../setup/modules.mjs';
import { prepare, whyNotThisNode } from '../setup/prepare.mjs';
import { Progress, seconds } from '../setup/progress.mjs';
import { choose } from './arguments.mjs';
import { result, sum, summary } from './check.mjs';
import { checks } from './checks.mjs';
import { markThisRun } from './leftovers.mjs';

const out = process.stdout;

/** @param {import('./check.mjs').Check} check */
async function run(check) {
  const progress = new Progress(`${check.name} (${check.does})`, out);
  let done;
  try {
    done = await check.run(progress);
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    done = result({ failed: 1, output: `${check.name} broke off: ${said}\n` });
  }
  progress.end(`${done.failed ? '✗' : '✓'} ${check.name}: ${summary(done)}`);
  if (done.output) out.write(`${done.output.trimEnd()}\n\n`);
  return done;
}

/** Nothing can be checked without the packages; without a build, much can. */
async function setUp() {
  const { works, states } = await prepare({ out });
  const there = states[modules.name]?.is === 'ready';
  return { there, done: works ? result({ passed: 1 }) : result({ failed: 1 }) };
}

async function main() {
  const chosen = choose(process.argv.slice(2), checks);
  const tooOld = whyNotThisNode();
  if (tooOld) throw new Error(tooOld);
  dieWithChildren();
  markThisRun();
  const { there, done } = await setUp();
  const results = [done];
  if (there) for (const check of chosen) results.push(await run(check));
  out.write(`${results.length - 1} checks in ${seconds(performance.now())}\n`);
  return sum(results);
}

const all = await main().catch((error) => {
  out.write(`${error instanceof Error ? error.message : error}\n`);
  return result({ failed: 1 });
});
out.write(`${summary(all)}\n`);
process.exitCode = all.failed ? 1 : 0;
