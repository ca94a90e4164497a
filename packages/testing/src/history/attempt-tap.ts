import type { Middleware } from '@holdfast/core';
import type { HistoryChecker } from './history-checker.js';

/**
 * A middleware that tells the history of every outcome that passes. Put it last in `use`, next to the adapter, so that the
 * checker knows which records once were `unknown` and may stand in the topic twice.
 */
export function attemptTap(history: HistoryChecker): Middleware {
  return {
    name: 'attempt-tap',
    bind: (next) => ({
      send(batch, settle) {
        next(batch, (settled) => {
          for (const { record, outcome } of settled) history.attempt(record, outcome);
          settle(settled);
        });
      },
    }),
  };
}
