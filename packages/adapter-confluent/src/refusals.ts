import { noLane, type Failed, type Outcome } from '@holdfast/core';
import type { Flight, Ticket } from './ticket.js';

/**
 * Lanes of a batch of which a record was refused, and will be tried again: those that came behind it in the same batch must not be
 * written before it, whatever has changed meanwhile (a leader was elected, the client has learnt of the topic).
 */
export class Refusals {
  private readonly lanes = new WeakMap<Flight, Map<number, Failed>>();

  /** Notes what a ticket ended with that the client was never given. */
  note({ delivery, flight }: Ticket, outcome: Outcome): void {
    if (delivery.lane === noLane || outcome.status !== 'failed' || !outcome.error.retriable) return;
    const lanes = this.lanes.get(flight);
    if (lanes === undefined) this.lanes.set(flight, new Map([[delivery.lane, outcome]]));
    else if (!lanes.has(delivery.lane)) lanes.set(delivery.lane, outcome);
  }

  /** Why this ticket must not be written now. */
  of({ delivery, flight }: Ticket): Failed | undefined {
    return this.lanes.get(flight)?.get(delivery.lane);
  }
}
