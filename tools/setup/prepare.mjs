import fs from 'node:fs';
import path from 'node:path';
import { binding } from './binding.mjs';
import { build } from './build.mjs';
import { kafka } from './kafka.mjs';
import { locked } from './lock.mjs';
import { modules } from './modules.mjs';
import { cache, minimumNode } from './places.mjs';
import { Progress, seconds } from './progress.mjs';

/** @typedef {import('./step.mjs').Step} Step */
/** @typedef {import('./step.mjs').State} State */

/** In the order in which they need each other. */
const steps = [modules, binding, kafka, build];

/** What was tried and failed, by step, so that not every command tries for minutes again. */
const failures = path.join(cache, 'setup-failures.json');

/** @returns {Record<string, State>} */
function readFailures() {
  try {
    return JSON.parse(fs.readFileSync(failures, 'utf8'));
  } catch {
    return {};
  }
}

/** @param {State} state */
const lines = (state) => (state.costs ? `${state.says.trimEnd()}\n    so: ${state.costs}` : state.says);

/** Why this Node.js will not do, `undefined` when it will. */
export function whyNotThisNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = minimumNode;
  const fits = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return fits ? undefined : `Node.js ${version} is too old: install ${minimumNode.join('.')} or later`;
}

/**
 * Makes what is missing, step by step, one setup at a time.
 *
 * @param {object} [options]
 * @param {boolean} [options.quiet] says only what is being made; does not try again what failed before
 * @param {NodeJS.WriteStream} [options.out] where progress goes: stderr unless given
 * @returns {Promise<{ works: boolean, states: Record<string, State> }>} `works` is false when nothing can
 */
export async function prepare({ quiet = false, out = process.stderr } = {}) {
  /** @type {Record<string, State>} */
  const states = {};
  const failedBefore = quiet ? readFailures() : {};

  /** @param {Step} step @returns {Promise<State>} */
  const look = async (step) => {
    const begun = performance.now();
    const state = await step.check();
    const before = failedBefore[step.name];
    if (state.is === 'missing' && before) return { ...before, says: `${before.says.split('\n')[0]}` };
    if (state.is === 'ready' && !quiet)
      out.write(`✓ ${step.name}: ${state.says} (${seconds(performance.now() - begun)})\n`);
    return state;
  };

  /** @param {Step} step @returns {Promise<State>} */
  const make = (step) =>
    locked(
      async () => {
        // Another setup may have made it while this one waited.
        const now = await step.check();
        if (now.is !== 'missing') return now;
        const progress = new Progress(step.name, out);
        const made = await step.make(progress);
        progress.end(`${made.is === 'ready' ? '✓' : '✗'} ${step.name}: ${lines(made)}`);
        remember(step, made);
        return made;
      },
      { onWait: (pid) => out.write(`  ${step.name}: waiting for the setup of process ${pid}\n`) },
    );

  for (const step of steps) {
    const seen = await look(step);
    const state = seen.is === 'missing' ? await make(step) : seen;
    if (seen.is === 'impossible') out.write(`✗ ${step.name}: ${lines(seen)}\n`);
    states[step.name] = state;
    if (state.is !== 'ready' && state.essential) return { works: false, states };
  }
  return { works: true, states };
}

/** @param {Step} step @param {State} state */
function remember(step, state) {
  const known = readFailures();
  // What is essential is always worth another try: nothing works without it.
  if (state.is === 'impossible' && !state.essential) known[step.name] = state;
  else delete known[step.name];
  fs.writeFileSync(failures, JSON.stringify(known, null, 2));
}
