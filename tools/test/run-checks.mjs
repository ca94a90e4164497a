import { dieWithChildren } from '../setup/process-groups.mjs';
import { prepare, whyNotThisNode } from '../setup/prepare.mjs';
import { Progress, seconds } from '../setup/progress.mjs';
import { stepIds } from '../setup/steps.mjs';
import { result, sum, summary } from './check.mjs';
import { markThisRun } from './leftovers.mjs';

const out = process.stdout;

/**
 * Runs one check and prints its result; an exception is a failure of that check.
 *
 * @param {import('./check.mjs').Check} check
 * @param {NodeJS.WriteStream} [to] stdout unless given
 */
export async function runCheck(check, to = out) {
  const progress = new Progress(`${check.name} (${check.does})`, to);
  let done;
  try {
    done = await check.run(progress);
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    done = result({ failed: 1, output: `${check.name} broke off: ${said}\n` });
  }
  progress.end(`${done.failed ? '✗' : '✓'} ${check.name}: ${summary(done)}`);
  if (done.output) to.write(`${done.output.trimEnd()}\n\n`);
  return done;
}

/** Nothing can be checked without the packages; without a build, much can. */
async function setUp() {
  const { works, states } = await prepare({ out }).need(...stepIds);
  const there = states.modules?.is === 'ready';
  return { there, done: works ? result({ passed: 1 }) : result({ failed: 1 }) };
}

/** @param {() => import('./check.mjs').Check[]} choose */
async function setUpAndRun(choose) {
  const chosen = choose();
  const tooOld = whyNotThisNode();
  if (tooOld) throw new Error(tooOld);
  dieWithChildren();
  markThisRun();
  const { there, done } = await setUp();
  const results = [done];
  if (there) for (const check of chosen) results.push(await runCheck(check));
  out.write(`${results.length - 1} checks in ${seconds(performance.now())}\n`);
  return sum(results);
}

/**
 * The whole of a command that checks: sets itself up and runs every chosen check, whatever the
 * result of the one before. The last line counts passed and failed, and the exit code is 1 when any
 * failed.
 *
 * @param {() => import('./check.mjs').Check[]} choose may throw: what it says is printed, and counts as a failure
 */
export async function runChecks(choose) {
  const all = await setUpAndRun(choose).catch((error) => {
    out.write(`${error instanceof Error ? error.message : error}\n`);
    return result({ failed: 1 });
  });
  out.write(`${summary(all)}\n`);
  process.exitCode = all.failed ? 1 : 0;
}
