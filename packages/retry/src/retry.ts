import './events.js';
import type { Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { resolveOptions, type RetryOptions } from './options.js';
import { RetryStage } from './stage.js';

/**
 * Retries records that failed and may succeed later, with backoff and jitter, until `maxAttempts`
 * or the delivery deadline. A record that is given up fails with an error that gives the reason.
 * Place it below the buffer, above the circuit breaker.
 */
export function retry(options: RetryOptions = {}): Middleware {
  const resolved = readOptions('retry', () => resolveOptions(options));
  return {
    name: 'retry',
    traits: { needsDeliveryResults: true, resends: true },
    bind: (next, env) => new RetryStage(resolved, next, env),
  };
}
