import { isError } from '@holdfast/core/stage';
/**
 * Calls `note` with each unhandled rejection while `run` is active. Other listeners, such as a test
 * runner's, are suspended meanwhile: the fault is in the code under test, not in the test.
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
    // Node reports a rejection after the microtasks.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    process.off('unhandledRejection', note);
    for (const other of others) process.on('unhandledRejection', other);
  }
}

/** Returns a suite's message about an unhandled rejection. */
export const strayRejection = (name: string, reason: unknown): string =>
  `'${name}' left a rejection that nobody handles: ${isError(reason) ? reason.message : String(reason)}`;
