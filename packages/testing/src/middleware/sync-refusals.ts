import type { Middleware } from '@holdfast/core';
import { seededRandom } from '../property/seed.js';
import { failedUntilLater } from './outcomes.js';

/**
 * As a breaker does: refuses some batches, or all of a batch but its first records, before `send` returns. What it lets
 * through goes down first.
 */
export function syncRefusals(seed: number, chance = 0.15): Middleware {
  return {
    name: 'sync-refusals',
    bind(next) {
      const random = seededRandom(seed);
      return {
        send(batch, settle) {
          if (random() >= chance) return next(batch, settle);
          const refused = batch.splice(Math.floor(random() * batch.length));
          if (batch.length > 0) next(batch, settle);
          for (const delivery of refused) delivery.outcome = failedUntilLater();
          settle(refused);
        },
      };
    },
  };
}
