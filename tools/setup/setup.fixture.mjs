import { PassThrough } from 'node:stream';
import { missing, ready } from './step.mjs';

/** Replaces stderr, and records what was written to it. */
export function fakeOut({ isTTY = false, columns = 80 } = {}) {
  const out = /** @type {NodeJS.WriteStream} */ (
    /** @type {unknown} */ (Object.assign(new PassThrough(), { isTTY, columns }))
  );
  return { out, said: () => String(out.read() ?? '') };
}

/**
 * A step that is missing until it was made.
 *
 * @param {Partial<import('./step.mjs').Step> & { log?: string[] }} [options] `log` hears what begins and ends
 * @returns {import('./step.mjs').Step}
 */
export function fakeStep({ name = 'a step', log = [], make, ...rest } = {}) {
  let made = false;
  return {
    name,
    after: [],
    essential: false,
    costs: 'nothing much works',
    check: async () => (made ? ready('there') : missing('not there')),
    make: async (progress) => {
      log.push(`${name} begins`);
      const state = make ? await make(progress) : ready('made');
      made = state.is === 'ready';
      log.push(`${name} ends`);
      return state;
    },
    ...rest,
  };
}
