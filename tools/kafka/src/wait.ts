import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Checks the condition every `pollMs` until it holds. Rejects with `timedOut()` once `deadline`
 * (monotonic ms) is past.
 */
export async function waitUntil(
  condition: () => Promise<boolean>,
  deadline: number,
  pollMs: number,
  timedOut: () => Error,
): Promise<void> {
  while (!(await condition())) {
    if (performance.now() > deadline) throw timedOut();
    await sleep(pollMs);
  }
}

/** Returns 1 to `size`. */
export function ids({ size }: { readonly size: number }): number[] {
  return Array.from({ length: size }, (_, index) => index + 1);
}
