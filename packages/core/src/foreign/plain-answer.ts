/**
 * What a function of the user's answers; a promise is none, and throws. It is not left to end the process when it rejects.
 */
export function plainAnswer<T>(what: string, answer: T): T {
  const given: unknown = answer;
  if (typeof given !== 'object' || given === null || !('then' in given)) return answer;
  Promise.resolve(given).catch(() => undefined);
  throw new TypeError(`${what} must not return a promise: it cannot be waited for`);
}
