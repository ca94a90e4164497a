import type { Delivered, Delivery, Outcome, SerializedRecord } from '@holdfast/core';
import type { Flight, Ticket } from './ticket.js';

interface Late {
  readonly ticket: Ticket;
  // What the client was given: a middleware may change the record before the next attempt.
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** What the client reported when nobody was waiting any more. */
  result: Delivered | undefined;
}

/** What stands for the next attempt: its report is still to come, unless it is there already. */
export interface Taken {
  readonly result: Delivered | undefined;
}

/**
 * Records that the client may still write although their outcome was given as `unknown`. Sent again, they are not produced
 * again: that would be a duplicate, and out of order. Their first attempt stands for the new one.
 */
export class LateTickets {
  /** Weak, as a delivery that was given up never comes again. */
  private readonly byDelivery = new WeakMap<Delivery, Late>();

  add(ticket: Ticket): void {
    ticket.becomeLate();
    if (ticket.partition !== undefined) ticket.partition.late++;
    const { key, value } = ticket.delivery.record;
    this.byDelivery.set(ticket.delivery, { ticket, key, value, result: undefined });
  }

  /** The client's report came while nobody waited for it. */
  reported(ticket: Ticket, outcome: Outcome): void {
    if (ticket.partition !== undefined) ticket.partition.late--;
    const late = this.byDelivery.get(ticket.delivery);
    if (late?.ticket !== ticket) return;
    if (outcome.status === 'delivered') late.result = outcome;
    else this.byDelivery.delete(ticket.delivery);
  }

  /** `undefined`: the record has to be produced. */
  take(delivery: Delivery, flight: Flight, session: number): Taken | undefined {
    const late = this.byDelivery.get(delivery);
    if (late === undefined) return undefined;
    this.byDelivery.delete(delivery);
    const { ticket } = late;
    if (!fits(late, delivery.record)) return undefined;
    if (late.result !== undefined) return late;
    if (ticket.ended || ticket.session !== session) return undefined;
    if (ticket.partition !== undefined) ticket.partition.late--;
    ticket.waitAgain(flight);
    return late;
  }
}

/** The delivery still asks for what the client has. */
function fits({ ticket: { partition }, key, value }: Late, record: SerializedRecord): boolean {
  return (
    record.key === key &&
    record.value === value &&
    record.topic === partition?.topic &&
    (record.partition === undefined || record.partition === partition.index)
  );
}
