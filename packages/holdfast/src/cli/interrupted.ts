import { isError } from '@holdfast/core/stage';
/** Why the signal of a run is aborted. */
export class Interrupted extends Error {
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`);
  }
}

/** Settles as `work`; rejects with the signal's reason when that comes first, and then nobody hears of the work. */
export function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(isError(signal.reason) ? signal.reason : new Interrupted('SIGINT'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
