import { isError } from '@holdfast/core/stage';
/**
 * Calls `note` with each rejection that nobody handles while `run` goes on. Other listeners, those of a test runner say, hear
 * nothing meanwhile: it is what is being tested that is wrong, and not the test.
 */
export async function watchingRejections<T>(
  run: () => Promise<T>,
  note: (reason: unknown) => void,
): Promise<T> {
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', note);
  try {
    return await run();
  } finally {
    // A rejection is told of when the microtasks are done.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    process.off('unhandledRejection', note);
    for (const other of others) process.on('unhandledRejection', other);
  }
}

/** How a suite tells of one. */
export const strayRejection = (name: string, reason: unknown): string =>
  `'${name}' left a rejection that nobody handles: ${isError(reason) ? reason.message : String(reason)}`;
