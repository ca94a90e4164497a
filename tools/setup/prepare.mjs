import { cache, minimumNode } from './places.mjs';
import { StepGraph } from './step-graph.mjs';
import { steps } from './steps.mjs';

/** Returns why this Node.js is unsuitable, `undefined` when it is suitable. */
export function whyNotThisNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = minimumNode;
  const fits = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  return fits ? undefined : `Node.js ${version} is too old: install ${minimumNode.join('.')} or later`;
}

/**
 * The setup of this checkout: `prepare().need('build')` makes what that step lacks. Nothing starts
 * before it is needed.
 *
 * @param {object} [options]
 * @param {boolean} [options.quiet] says only what is being made; does not try again what failed before
 * @param {NodeJS.WriteStream} [options.out] where progress goes: stderr unless given
 */
export const prepare = ({ quiet = false, out = process.stderr } = {}) =>
  new StepGraph(steps, { quiet, out, folder: cache });
