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
    bind: (next, { clock }) => ({
      send(batch, settle) {
        for (const delivery of batch) ids.set(delivery, idOf(delivery.record));
        probe();
        next(batch, (settled) => {
          for (const delivery of settled) {
            const id = ids.get(delivery);
            if (id === undefined) history.note('I6', 'a delivery came up that never went down');
            else if (delivery.outcome === undefined)
              history.note('I6', `record ${id} came up without an outcome`, id);
            else {
              ended(id, delivery.outcome);
              const problem = untimely(delivery, clock.now());
              if (problem !== undefined) history.note('I6', `record ${id} ${problem}`, id);
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

/** A stage may look at its deadlines from time to time, and a dead letter takes time, ms. */
const patienceMs = 10_000;

function untimely({ deadline, outcome }: Delivery, now: number): string | undefined {
  const code = outcome !== undefined && 'error' in outcome ? outcome.error.code : undefined;
  if (code === 'DELIVERY_TIMEOUT' && now < deadline) return `ended ${deadline - now} ms before its deadline`;
  return now > deadline + patienceMs ? `ended ${now - deadline} ms after its deadline` : undefined;
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
