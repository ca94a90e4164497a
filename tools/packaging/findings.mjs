/**
 * A finding of the packaging check: one entry per check. `problem` is undefined when there is none.
 *
 * @typedef {{ what: string, problem: string | undefined }} Finding
 */

/**
 * Runs one check; an exception is a problem of that check and of no other.
 *
 * @param {string} what
 * @param {() => Promise<string | undefined>} look resolves with the problem, if there is one
 * @returns {Promise<Finding>}
 */
export async function look(what, look) {
  try {
    return { what, problem: await look() };
  } catch (error) {
    return { what, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/**
 * Returns a program's failure as a problem: undefined when it succeeded.
 *
 * @param {import('../setup/exec.mjs').Finished} finished
 */
export function problemOf({ code, output, timedOut }) {
  if (code === 0) return undefined;
  return `${output.trimEnd()}\nended with code ${code}${timedOut ? ', after too long a time' : ''}`;
}
