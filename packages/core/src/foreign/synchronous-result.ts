/**
 * Returns the result of a user's function that must be synchronous. Throws a `TypeError` for a
 * promise, whose rejection it handles so that it cannot end the process.
 */
export function synchronousResult<T>(what: string, result: T): T {
  const given: unknown = result;
  if (typeof given !== 'object' || given === null || !('then' in given)) return result;
  Promise.resolve(given).catch(() => undefined);
  throw new TypeError(`${what} must not return a promise: the result is needed synchronously`);
}
