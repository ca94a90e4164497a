import type { Middleware } from '@holdfast/core';
import type { Delivery, Settle } from '@holdfast/core/stage';

/** A middleware that passes a fixed number of records per second until it is lifted. */
export interface Throttle extends Middleware {
  lift(): void;
}

/** A shorter pause is not worth a timer. */
const leastPauseMs = 5;

/**
 * Batches wait for their turn one after the other. The stage above bounds how much waits, as it
 * knows what is below it. Not for general use: it settles nothing at the end, because its producer
 * closes only after everything has been delivered.
 */
export function throttle(recordsPerSecond: number): Throttle {
  let lifted = false;
  return {
    name: 'throttle',
    lift: () => void (lifted = true),
    bind: (next, { clock }) => {
      const waiting: (readonly [batch: Delivery[], settle: Settle])[] = [];
      /** The time until which the records that have passed use up the rate. */
      let busyUntil = -Infinity;
      let pausing = false;
      const pump = (): void => {
        pausing = false;
        for (;;) {
          const pauseMs = lifted ? 0 : busyUntil - clock.now();
          if (pauseMs > leastPauseMs) {
            pausing = waiting.length > 0;
            if (pausing) clock.after(pauseMs, pump);
            return;
          }
          const first = waiting.shift();
          if (first === undefined) return;
          busyUntil = Math.max(busyUntil, clock.now()) + (first[0].length / recordsPerSecond) * 1_000;
          next(...first);
        }
      };
      return {
        send(batch, settle) {
          waiting.push([batch, settle]);
          if (!pausing) pump();
        },
      };
    },
  };
}
