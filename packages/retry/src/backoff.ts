import type { ResolvedRetryOptions } from './options.js';

type BackoffOptions = Pick<ResolvedRetryOptions, 'initialDelayMs' | 'maxDelayMs' | 'multiplier' | 'jitter'>;

/**
 * Returns the delay before the next attempt, in ms.
 *
 * Full and decorrelated jitter as Marc Brooker describes them in "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempts made so far, 1 or more
 * @param previousMs the delay before the last attempt; `initialDelayMs` when there was none
 */
export function backoff(
  options: BackoffOptions,
  attempts: number,
  previousMs: number,
  random: () => number,
): number {
  const { initialDelayMs, maxDelayMs, multiplier, jitter } = options;
  if (jitter === 'decorrelated') {
    const longest = Math.max(initialDelayMs, previousMs * 3);
    return Math.min(maxDelayMs, initialDelayMs + random() * (longest - initialDelayMs));
  }
  if (initialDelayMs === 0) return 0; // 0 times a power that has overflowed to Infinity is NaN
  const exponential = Math.min(maxDelayMs, initialDelayMs * multiplier ** (attempts - 1));
  return jitter === 'full' ? random() * exponential : exponential;
}
