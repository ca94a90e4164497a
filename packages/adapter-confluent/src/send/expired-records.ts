import type { Delivered, Failed, Outcome } from '@holdfast/core';
import { noLane, type Delivery, type SerializedRecord } from '@holdfast/core/stage';
import type { Flight, Ticket } from './in-flight-record.js';
import { overtaken } from '../errors.js';

interface Late {
  readonly ticket: Ticket;
  // What the client was given: a middleware may change the record before the next attempt.
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** What the client reported when nobody was waiting any more. */
  result: Delivered | Failed | undefined;
}

/** What stands for the next attempt: its report is still to come, unless it is there already. */
export interface Taken {
  readonly result: Delivered | Failed | undefined;
}

/**
 * Records that the client may still write although their outcome was given as `unknown`. Sent again, they are not produced
 * again: that would be a duplicate, and out of order. Their first attempt stands for the new one.
 */
export class LateTickets {
  /** Weak, as a delivery that was given up never comes again. */
  private readonly byDelivery = new WeakMap<Delivery, Late>();
  /** Refused with their request, for another record of that perhaps: they may go again unless a later one of their lane is written. */
  private readonly refused = new Map<Late, Failed>();

  add(ticket: Ticket): void {
    ticket.becomeLate();
    if (ticket.partition !== undefined) ticket.partition.late++;
    const { key, value } = ticket.delivery.record;
    this.byDelivery.set(ticket.delivery, { ticket, key, value, result: undefined });
  }

  /** The broker refused its request, and is about to be said to have. */
  refusedTogether(ticket: Ticket, refusal: Failed): void {
    const late = this.byDelivery.get(ticket.delivery);
    if (late?.ticket !== ticket || ticket.delivery.lane === noLane) return;
    this.refused.set(late, refusal);
  }

  /** A record is written, or may be: sent again, an earlier one of its lane that was refused would come behind it. */
  passed({ delivery: { lane }, partition }: Ticket): void {
    for (const [late, refusal] of this.refused) {
      const { ticket } = late;
      if (ticket.delivery.lane !== lane || ticket.partition !== partition) continue;
      this.refused.delete(late);
      late.result = overtaken(refusal);
    }
  }

  /** What the client of that session had is decided. */
  sessionEnded(): void {
    this.refused.clear();
  }

  /** The client's report came while nobody waited for it. */
  reported(ticket: Ticket, outcome: Outcome): void {
    if (ticket.partition !== undefined) ticket.partition.late--;
    const late = this.byDelivery.get(ticket.delivery);
    if (late?.ticket !== ticket) return;
    if (outcome.status === 'delivered') late.result = outcome;
    else if (!this.refused.has(late)) this.byDelivery.delete(ticket.delivery);
  }

  /** `undefined`: the record has to be produced. */
  take(delivery: Delivery, flight: Flight, session: number): Taken | undefined {
    const late = this.byDelivery.get(delivery);
    if (late === undefined) return undefined;
    const { ticket } = late;
    // Behind those that are late it does not go yet, and is asked about again.
    if (this.refused.has(late) && ticket.session === session && (ticket.partition?.late ?? 0) > 0)
      return undefined;
    this.refused.delete(late);
    this.byDelivery.delete(delivery);
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
