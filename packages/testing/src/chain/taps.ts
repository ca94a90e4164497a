import type { Middleware, Outcome } from '@holdfast/core';
import type { HistoryChecker } from '../history/history-checker.js';
import type { RecordTracker } from './record-tracker.js';

/** A stage may take so long to look at its deadlines, ms. */
const patienceMs = 1_000;

export interface TapOptions {
  readonly history: HistoryChecker;
  readonly tracker: RecordTracker;
}

export interface DispatcherTapOptions extends TapOptions {
  readonly probe: () => void;
  readonly onOutcome: (id: string, outcome: Outcome) => void;
  /** A stage has its own time to write a record elsewhere, after the delivery deadline. */
  readonly mayEndLate: boolean;
}

/** Sits outermost and records the outcome of each record that comes back up the chain. */
export function dispatcherTap({
  history,
  tracker,
  probe,
  onOutcome,
  mayEndLate,
}: DispatcherTapOptions): Middleware {
  return {
    name: 'dispatcher-tap',
    bind: (next, { clock }) => ({
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
            const lateMs = clock.now() - Math.max(delivery.deadline, tracker.answeredAt(delivery));
            const isTimeout =
              outcome !== undefined && 'error' in outcome && outcome.error.code === 'DELIVERY_TIMEOUT';
            if (isTimeout && clock.now() < delivery.deadline)
              history.note('I6', `${JSON.stringify(id)} timed out before its delivery deadline`, id);
            if (lateMs > patienceMs && !mayEndLate)
              history.note('I6', `${JSON.stringify(id)} ended ${lateMs} ms after its delivery deadline`, id);
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
    bind: (next, { clock }) => ({
      send(batch, settle) {
        for (const delivery of batch) tracker.taken(delivery);
        next(batch, (settled) => {
          for (const delivery of settled) {
            history.attempt(tracker.answered(delivery, clock.now()), delivery.outcome);
          }
          settle(settled);
        });
      },
    }),
  };
}
