import './events.js';
import type { Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { resolveOptions, type DeadLetterQueueOptions } from './options.js';
import { DeadLetterStage } from './stage.js';

/**
 * Takes records that cannot be delivered to a topic, a file or a callback, whichever takes them first, with the error and all they
 * had; they come up `dead-lettered`. Stands above the buffer, below a journal.
 */
export function deadLetterQueue(options: DeadLetterQueueOptions): Middleware {
  const resolved = readOptions('deadLetterQueue', () => resolveOptions(options));
  return {
    name: 'deadLetterQueue',
    traits: { needsDeliveryResults: true, diverts: true },
    bind: (next, env) => new DeadLetterStage(resolved, next, env),
  };
}
