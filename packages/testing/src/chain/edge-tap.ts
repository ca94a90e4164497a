import type { Middleware, Outcome } from '@holdfast/core';
import type { HistoryChecker } from '../history/history-checker.js';
import type { Tracks } from './tracks.js';

export interface TapOptions {
  readonly history: HistoryChecker;
  readonly tracks: Tracks;
}

export interface EdgeTapOptions extends TapOptions {
  readonly probe: () => void;
  readonly heard: (id: string, outcome: Outcome) => void;
}

/** Stands outermost and notes the outcome of each record that comes back up. */
export function edgeTap({ history, tracks, probe, heard }: EdgeTapOptions): Middleware {
  return {
    name: 'edge-tap',
    bind: (next) => ({
      send(batch, settle) {
        for (const delivery of batch) tracks.entered(delivery);
        probe();
        next(batch, (settled) => {
          probe();
          for (const delivery of settled) {
            const id = tracks.left(delivery);
            const { outcome } = delivery;
            if (id === undefined) history.note('I6', 'a delivery came up that never went down');
            else if (outcome === undefined)
              history.note('I6', `${JSON.stringify(id)} came up without an outcome`, id);
            else heard(id, outcome);
          }
          settle(settled);
          probe();
        });
        probe();
      },
    }),
  };
}

/** Stands next to the adapter and notes what it answers. */
export function answerTap({ history, tracks }: TapOptions): Middleware {
  return {
    name: 'answer-tap',
    bind: (next) => ({
      send(batch, settle) {
        next(batch, (settled) => {
          for (const delivery of settled) history.attempt(tracks.answered(delivery), delivery.outcome);
          settle(settled);
        });
      },
    }),
  };
}
