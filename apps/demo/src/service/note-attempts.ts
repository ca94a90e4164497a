import type { Middleware } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';

type Note = (record: SerializedRecord) => void;

/**
 * A custom middleware. It stands between retry and the adapter, where every attempt passes, and
 * notes each record that goes down, and each record with an attempt that ended as `unknown`: only
 * these may be in the topic twice.
 */
export const noteAttempts = (goesDown: Note, wasUnknown: Note): Middleware => ({
  name: 'note-attempts',
  traits: { needsDeliveryResults: true },
  bind: (next) => ({
    send(batch, settle) {
      for (const { record } of batch) goesDown(record);
      next(batch, (settled) => {
        for (const { outcome, record } of settled) if (outcome?.status === 'unknown') wasUnknown(record);
        settle(settled);
      });
    },
  }),
});
