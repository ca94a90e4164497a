import { take } from './one-step.mjs';
import { impossible } from './step.mjs';

/** @typedef {import('./step.mjs').Step} Step */
/** @typedef {import('./step.mjs').State} State */

/**
 * The steps of a setup and their dependencies. A step runs once, when it is first needed, as soon
 * as its dependencies are ready; independent steps run concurrently.
 *
 * @template {string} Id
 */
export class StepGraph {
  /** @private @type {Map<Id, Promise<State>>} */
  begun = new Map();

  /**
   * @param {Record<Id, Step>} steps each behind those that it comes after
   * @param {import('./one-step.mjs').Around} around
   */
  constructor(steps, around) {
    this.steps = steps;
    this.around = around;
    this.ids = /** @type {Id[]} */ (Object.keys(steps));
  }

  /**
   * Starts the steps of these ids, and their dependencies, unless they have started. Resolves when
   * all of them have ended, successfully or not. Never rejects: it may be awaited later.
   *
   * @param {Id[]} ids
   * @returns {Promise<{ works: boolean, states: Partial<Record<Id, State>> }>} `works`: each that is essential is ready
   */
  async need(...ids) {
    const wanted = this.ids.filter((id) => ids.some((one) => one === id || this.comesBefore(id, one)));
    const ended = await Promise.all(wanted.map(async (id) => ({ id, state: await this.state(id) })));
    /** @type {Partial<Record<Id, State>>} */
    const states = {};
    for (const { id, state } of ended) states[id] = state;
    const works = ended.every(({ id, state }) => state.is === 'ready' || !this.steps[id].essential);
    return { works, states };
  }

  /** @private @param {Id} id @param {Id} later @returns {boolean} */
  comesBefore(id, later) {
    const { after } = this.steps[later];
    return after.includes(id) || this.ids.some((one) => after.includes(one) && this.comesBefore(id, one));
  }

  /** @private @param {Id} id @returns {Promise<State>} */
  state(id) {
    const state = this.begun.get(id) ?? this.begin(id);
    this.begun.set(id, state);
    return state;
  }

  /** @private @param {Id} id @returns {Promise<State>} */
  async begin(id) {
    for (const before of this.ids.filter((one) => this.steps[id].after.includes(one))) {
      if ((await this.state(before)).is !== 'ready')
        return impossible(`not tried without: ${this.steps[before].name}`);
    }
    // A step that runs replaces what its dependents rely on.
    const locks = this.ids.filter((one) => one === id || this.comesBefore(id, one));
    return take(id, this.steps[id], locks, this.around);
  }
}
