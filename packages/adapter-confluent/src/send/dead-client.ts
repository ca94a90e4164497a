import type { ProducerError } from '@holdfast/core';
import { failed, unknown } from '@holdfast/core/stage';
import { waitingIn, type Outstanding } from './outstanding.js';
import type { Ticket } from './in-flight-record.js';
import { overtakenWhileItWaits } from '../errors.js';

/**
 * What the dead client had may be written. What came with it in one batch has to be sent again
 * behind it; batches of which nothing was sent wait for the next client, and are the answer.
 * `sentNothing`: the client never sent a record.
 */
export function leftByDead(outstanding: Outstanding, error: ProducerError, sentNothing: boolean): Ticket[] {
  const left: Ticket[] = [];
  for (const flight of outstanding.all()) {
    const tickets = waitingIn(flight);
    if (!sentNothing && tickets.some(({ session }) => session !== 0)) flight.failure = failed(error);
    for (const ticket of tickets) {
      const unsent = overtakenWhileItWaits(ticket) ?? flight.failure;
      if (unsent === undefined) {
        ticket.session = 0;
        ticket.partition = undefined;
        left.push(ticket);
      } else {
        ticket.end();
        outstanding.settle(flight, ticket.delivery, ticket.session === 0 ? unsent : unknown(error));
      }
    }
  }
  return left;
}
