import { binding } from './binding.mjs';
import { build } from './build.mjs';
import { kafka } from './kafka.mjs';
import { modules } from './modules.mjs';
import { prometheus } from './prometheus.mjs';

/** Each follows its dependencies. */
export const steps = { modules, kafka, prometheus, build, binding };

/** @typedef {keyof typeof steps} StepId */

export const stepIds = /** @type {StepId[]} */ (Object.keys(steps));

/** @param {string} name @returns {name is StepId} */
export const isStepId = (name) => Object.hasOwn(steps, name);
