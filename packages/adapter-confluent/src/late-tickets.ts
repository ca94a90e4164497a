import type { Delivery, Outcome } from '@holdfast/core';
import type { Flight, Ticket } from './ticket.js';

/**
 * Records that the client may still write although their outcome was given as `unknown`. Sent again, they are not produced
 * again: that would be a duplicate, and out of order. Their first attempt stands for the new one.
 */
export class LateTickets {
  /** Weak, as a delivery that was given up never comes again. */
  private readonly byDelivery = new WeakMap<Delivery, Ticket>();

  add(ticket: Ticket): void {
    ticket.late = true;
    if (ticket.partition !== undefined) ticket.partition.late++;
    this.byDelivery.set(ticket.delivery, ticket);
  }

  /** The client's report came while nobody waited for it. */
  reported(ticket: Ticket, outcome: Outcome): void {
    if (ticket.partition !== undefined) ticket.partition.late--;
    if (outcome.status === 'delivered') ticket.result = outcome;
    else this.byDelivery.delete(ticket.delivery);
  }

  /**
   * The ticket of an earlier attempt that stands for this one: its `result` is there already, or its report is still to come.
   * `undefined`: the record has to be produced.
   */
  take(delivery: Delivery, flight: Flight, session: number): Ticket | undefined {
    const ticket = this.byDelivery.get(delivery);
    if (ticket === undefined) return undefined;
    this.byDelivery.delete(delivery);
    if (!ticket.fits(delivery)) return undefined;
    if (ticket.result !== undefined) return ticket;
    if (ticket.ended || ticket.session !== session) return undefined;
    ticket.late = false;
    if (ticket.partition !== undefined) ticket.partition.late--;
    ticket.flight = flight;
    flight.tickets.push(ticket);
    return ticket;
  }
}
