import type { Middleware } from '@holdfast/core';
import { seededRandom } from '../seed.js';
import { failedUntilLater } from './outcomes.js';

/** As an open breaker does: refuses some batches at once, before `send` returns. */
export function syncRefusals(seed: number, chance = 0.15): Middleware {
  return {
    name: 'sync-refusals',
    bind(next) {
      const random = seededRandom(seed);
      return {
        send(batch, settle) {
          if (random() >= chance) return next(batch, settle);
          for (const delivery of batch) delivery.outcome = failedUntilLater();
          settle(batch);
        },
      };
    },
  };
}
