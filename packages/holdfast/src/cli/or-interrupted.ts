import { isError } from '@holdfast/core/stage';
import { Interrupted } from './errors.js';

/** Settles like `work`, or rejects with the reason of the signal if that is aborted first. */
export function orInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(isError(signal.reason) ? signal.reason : new Interrupted('SIGINT'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
