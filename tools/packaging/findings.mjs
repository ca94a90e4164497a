/**
 * What the packaging check found: one entry for each thing that was looked at. `problem` is undefined when it is well.
 *
 * @typedef {{ what: string, problem: string | undefined }} Finding
 */

/**
 * Looks at one thing; an exception is a problem of that thing and of no other.
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

/** A program's end as a problem: none when it ended well. @param {import('../setup/exec.mjs').Finished} finished */
export function problemOf({ code, output, timedOut }) {
  if (code === 0) return undefined;
  return `${output.trimEnd()}\nended with code ${code}${timedOut ? ', after too long a time' : ''}`;
}
