import type { Middleware, Outcome } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import type { HistoryChecker } from '@holdfast/testing';
import { idOf } from './memory.js';

export interface DispatcherTapOptions {
  readonly history: HistoryChecker;
  readonly ended: (id: string, outcome: Outcome) => void;
  /** Called at every instant at which something has changed. */
  readonly probe: () => void;
}

/**
 * Stands outermost: each record that went down comes up once, with an outcome. A record is
 * identified by what it was on its way down.
 */
export function dispatcherTap({ history, ended, probe }: DispatcherTapOptions): Middleware {
  const ids = new WeakMap<Delivery, string>();
  return {
    name: 'dispatcher-tap',
    bind: (next) => ({
      send(batch, settle) {
        for (const delivery of batch) ids.set(delivery, idOf(delivery.record));
        probe();
        next(batch, (settled) => {
          for (const delivery of settled) {
            const id = ids.get(delivery);
            if (id === undefined) history.note('I6', 'a delivery came up that never went down');
            else if (delivery.outcome === undefined)
              history.note('I6', `record ${id} came up without an outcome`, id);
            else ended(id, delivery.outcome);
          }
          settle(settled);
          probe();
        });
        probe();
      },
    }),
  };
}

/** Called with each record that is passed on. */
export function adapterTap(wentDown: (id: string) => void): Middleware {
  return {
    name: 'adapter-tap',
    bind: (next) => ({
      send(batch, settle) {
        for (const { record } of batch) wentDown(idOf(record));
        next(batch, settle);
      },
    }),
  };
}
