/** Runs foreign code; passes its exception, or its rejection when it is async, to `threw`. */
export function contain(run: () => unknown, threw: (error: unknown) => void): void {
  try {
    const result = run();
    if (isThenable(result)) Promise.resolve(result).catch(threw);
  } catch (error) {
    threw(error);
  }
}

/** Returns whether the value has a `then`, as promises of every library do. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value;
