import type { Middleware } from '@holdfast/core';
import type { Delivery, Settle } from '@holdfast/core/stage';

/** A middleware that hands on so many records a second, until it is lifted. */
export interface Throttle extends Middleware {
  lift(): void;
}

/** A pause shorter than that is not worth a timer. */
const leastPauseMs = 5;

/**
 * One batch after the other waits for its turn. How much waits is bounded by the stage above, which knows how much is below it.
 * Not for everybody: it settles nothing at the end, as its producer is closed when all has been delivered.
 */
export function throttle(recordsPerSecond: number): Throttle {
  let lifted = false;
  return {
    name: 'throttle',
    lift: () => void (lifted = true),
    bind: (next, { clock }) => {
      const waiting: (readonly [batch: Delivery[], settle: Settle])[] = [];
      /** Until then, what was handed on is enough. */
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
