import path from 'node:path';
import { Failures } from './failures.mjs';
import { locked } from './lock.mjs';
import { print, Progress, seconds } from './progress.mjs';
import { impossible } from './step.mjs';

/** @typedef {import('./step.mjs').Step} Step */
/** @typedef {import('./step.mjs').State} State */
/**
 * What the steps of one setup share.
 *
 * @typedef {object} Around
 * @property {boolean} quiet says only what is being made; does not try again what failed before
 * @property {NodeJS.WriteStream} out where progress goes
 * @property {string} folder for locks and what failed
 */

/**
 * Checks whether a step is needed, and takes it if so. Never rejects: an exception is the reason
 * why the step is impossible.
 *
 * @param {string} id
 * @param {Step} step
 * @param {string[]} locks the ids that no other setup may be making meanwhile, in the order of all setups
 * @param {Around} around
 * @returns {Promise<State>}
 */
export async function take(id, step, locks, around) {
  try {
    const seen = await look(id, step, around);
    return seen.is === 'missing' ? await make(id, step, locks, around) : seen;
  } catch (error) {
    return said(step, broken(error), around);
  }
}

/** @param {string} id @param {Step} step @param {Around} around @returns {Promise<State>} */
async function look(id, step, { quiet, out, folder }) {
  const begun = performance.now();
  const state = await step.check();
  const failed = quiet && state.is === 'missing' ? new Failures(folder).read(id) : undefined;
  // The first line of the earlier failure is enough.
  if (failed) {
    const [line] = failed.says.split('\n');
    return said(step, impossible(`${line} (\`npm run setup\` tries again)`), { out });
  }
  if (state.is === 'impossible') return said(step, state, { out });
  if (state.is === 'ready' && !quiet)
    print(out, `✓ ${lines(step, state)} (${seconds(performance.now() - begun)})\n`);
  return state;
}

/**
 * @param {string} id
 * @param {Step} step
 * @param {string[]} locks
 * @param {Around} around
 * @returns {Promise<State>}
 */
function make(id, step, locks, { out, folder }) {
  const work = async () => {
    // Another setup may have made it while this one waited.
    const now = await step.check();
    if (now.is !== 'missing') return now;
    const progress = new Progress(step.name, out);
    const made = await step.make(progress).catch(broken);
    progress.end(`${made.is === 'ready' ? '✓' : '✗'} ${lines(step, made)}`);
    const failures = new Failures(folder);
    // An essential step is always worth another try: nothing works without it.
    if (made.is === 'impossible' && !step.essential) failures.write(id, made);
    else failures.forget(id);
    return made;
  };
  /** @param {number} pid */
  const onWait = (pid) => print(out, `  ${step.name}: waiting for the setup of process ${pid}\n`);
  return locks.reduceRight(
    (inner, one) => () => locked(inner, { file: path.join(folder, `setup-${one}.lock`), onWait }),
    work,
  )();
}

/** @param {Step} step @param {State} state @param {Pick<Around, 'out'>} around */
function said(step, state, { out }) {
  print(out, `✗ ${lines(step, state)}\n`);
  return state;
}

/** @param {unknown} error */
const broken = (error) => impossible(error instanceof Error ? error.message : String(error));

/** @param {Step} step @param {State} state */
const lines = ({ name, costs }, { is, says }) =>
  is === 'impossible' ? `${name}: ${says.trimEnd()}\n    so: ${costs}` : `${name}: ${says}`;
