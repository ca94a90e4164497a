/** The arguments of a callback: Node's error first. */
type Done = (error: Error | null) => void;

/**
 * Runs `concurrency` callers that each wait for one send before the next. Resolves when all of
 * `count` are sent.
 */
export async function withPromises(
  count: number,
  concurrency: number,
  send: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, caller));
}

/** The same through callbacks, with one function for all. */
export function withCallbacks(
  count: number,
  concurrency: number,
  send: (index: number, done: Done) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let left = count;
    const done: Done = (error) => {
      if (error !== null) return reject(error);
      if (--left === 0) resolve();
      else if (next < count) send(next++, done);
    };
    if (count === 0) resolve();
    while (next < Math.min(concurrency, count)) send(next++, done);
  });
}
