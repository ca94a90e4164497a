/** Ends what can be ended. */
export async function disposeOf(one: object | undefined): Promise<void> {
  if (one !== undefined && isDisposable(one)) await one[Symbol.asyncDispose]();
}

const isDisposable = (one: object): one is AsyncDisposable => Symbol.asyncDispose in one;
