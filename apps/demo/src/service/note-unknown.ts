import type { Middleware, SerializedRecord } from '@holdfast/core';

/**
 * A custom middleware. It stands between retry and the adapter, where every attempt passes, and notes the records whose
 * attempt ended as `unknown`: these alone may be in the topic twice.
 */
export const noteUnknown = (note: (record: SerializedRecord) => void): Middleware => ({
  name: 'note-unknown',
  traits: { needsDeliveryResults: true },
  bind: (next) => ({
    send(batch, settle) {
      next(batch, (settled) => {
        for (const { outcome, record } of settled) if (outcome?.status === 'unknown') note(record);
        settle(settled);
      });
    },
  }),
});
