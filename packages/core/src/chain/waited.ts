import type { Clock } from '../contract/env.js';
import type { Delivery } from '../contract/delivery.js';
import type { EventSink } from '../contract/events.js';

/** Called for a batch that a stage has handed on; the next stage holds it from now on. */
export type WaitedReporter = (stage: string, batch: readonly Delivery[]) => void;

/** The name of the wait queue, where records wait for room in the chain or for a serializer. */
export const room = 'room';

/** Returns a function that emits `waited`, while somebody listens. */
export function waitedReporter(events: EventSink, clock: Clock): WaitedReporter {
  return (stage, batch) => {
    if (!events.has('waited')) return;
    const now = Math.trunc(clock.now());
    let totalMs = 0;
    let longestMs = 0;
    for (const delivery of batch) {
      const ms = now - delivery.heldSince;
      delivery.heldSince = now;
      totalMs += ms;
      if (ms > longestMs) longestMs = ms;
    }
    events.emit('waited', { stage, records: batch.length, totalMs, longestMs });
  };
}

/** Records that the stage above the adapter holds them again. */
export function heldAgain(batch: readonly Delivery[], now: number): void {
  const since = Math.trunc(now);
  for (const delivery of batch) delivery.heldSince = since;
}
