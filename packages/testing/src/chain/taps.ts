import type { Middleware, Outcome } from '@holdfast/core';
import type { HistoryChecker } from '../history/history-checker.js';
import type { RecordTracker } from './record-tracker.js';

export interface TapOptions {
  readonly history: HistoryChecker;
  readonly tracker: RecordTracker;
}

export interface DispatcherTapOptions extends TapOptions {
  readonly probe: () => void;
  readonly onOutcome: (id: string, outcome: Outcome) => void;
}

/** Sits outermost and records the outcome of each record that comes back up the chain. */
export function dispatcherTap({ history, tracker, probe, onOutcome }: DispatcherTapOptions): Middleware {
  return {
    name: 'dispatcher-tap',
    bind: (next) => ({
      send(batch, settle) {
        for (const delivery of batch) tracker.entered(delivery);
        probe();
        next(batch, (settled) => {
          probe();
          for (const delivery of settled) {
            const id = tracker.left(delivery);
            const { outcome } = delivery;
            if (id === undefined) history.note('I6', 'a delivery came up the chain that never went down');
            else if (outcome === undefined)
              history.note('I6', `${JSON.stringify(id)} came up the chain without an outcome`, id);
            else onOutcome(id, outcome);
          }
          settle(settled);
          probe();
        });
        probe();
      },
    }),
  };
}

/** Sits next to the adapter and records its outcomes. */
export function adapterTap({ history, tracker }: TapOptions): Middleware {
  return {
    name: 'adapter-tap',
    bind: (next) => ({
      send(batch, settle) {
        next(batch, (settled) => {
          for (const delivery of settled) history.attempt(tracker.answered(delivery), delivery.outcome);
          settle(settled);
        });
      },
    }),
  };
}
