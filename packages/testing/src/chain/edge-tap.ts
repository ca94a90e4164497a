import type { Delivery, Middleware, Outcome } from '@holdfast/core';
import type { HistoryChecker } from '../history/history-checker.js';
import { idOfBytes } from '../history/identity.js';

/**
 * Stands outermost and notes the outcome of each record that comes back up, by what the record was on its way down: a
 * middleware may change it.
 */
export function edgeTap(
  history: HistoryChecker,
  outcomes: Map<string, Outcome>,
  probe: () => void,
): Middleware {
  const ids = new WeakMap<Delivery, string>();
  return {
    name: 'edge-tap',
    bind: (next) => ({
      send(batch, settle) {
        for (const delivery of batch) ids.set(delivery, idOfBytes(delivery.record));
        probe();
        next(batch, (settled) => {
          probe();
          for (const delivery of settled) {
            const id = ids.get(delivery);
            if (id === undefined) history.note('I6', 'a delivery came up that never went down');
            else if (delivery.outcome === undefined)
              history.note('I6', `${JSON.stringify(id)} came up without an outcome`, id);
            else {
              history.outcome(id, delivery.outcome);
              outcomes.set(id, delivery.outcome);
            }
          }
          settle(settled);
          probe();
        });
        probe();
      },
    }),
  };
}
