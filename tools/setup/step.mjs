/**
 * What one part of the setup looks like.
 *
 * @typedef {object} Step
 * @property {string} name what a progress line calls it
 * @property {readonly string[]} after the ids of the steps that have to be ready before this one begins
 * @property {boolean} essential whether nothing works without it
 * @property {string} costs what does not work without it
 * @property {() => Promise<State>} check looks, quickly and without changing anything
 * @property {(progress: import('./progress.mjs').Progress) => Promise<State>} make does what is missing
 *
 * @typedef {object} State
 * @property {'ready' | 'missing' | 'impossible'} is
 *   `missing`: `make` may help. `impossible`: it cannot, or it was tried and failed.
 * @property {string} says one line: what is there, what is missing, or why it cannot be had
 */

/** @param {string} says @returns {State} */
export const ready = (says) => ({ is: 'ready', says });

/** @param {string} says @returns {State} */
export const missing = (says) => ({ is: 'missing', says });

/** @param {string} says @returns {State} */
export const impossible = (says) => ({ is: 'impossible', says });

export const nothingWorks = 'nothing works without it';
