/** Runs foreign code; what it throws, or rejects with when it is async, goes to `threw` and no further. */
export function contain(run: () => unknown, threw: (error: unknown) => void): void {
  try {
    const result = run();
    if (isThenable(result)) Promise.resolve(result).catch(threw);
  } catch (error) {
    threw(error);
  }
}

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value;
