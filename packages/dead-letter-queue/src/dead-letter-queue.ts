import './events.js';
import type { Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { resolveOptions, type DeadLetterQueueOptions } from './options.js';
import { DeadLetterStage } from './stage.js';

/**
 * Stores undeliverable records in a topic, a file or a callback, whichever takes them first,
 * together with the error. Their outcome is `dead-lettered`. Place it above the buffer and below a
 * journal. Throws `INVALID_OPTIONS` when options are wrong.
 */
export function deadLetterQueue(options: DeadLetterQueueOptions): Middleware {
  const resolved = readOptions('deadLetterQueue', () => resolveOptions(options));
  return {
    name: 'deadLetterQueue',
    traits: { needsDeliveryResults: true, diverts: true },
    bind: (next, env) => new DeadLetterStage(resolved, next, env),
  };
}
