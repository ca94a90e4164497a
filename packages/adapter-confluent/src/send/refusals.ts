import type { Failed, Outcome } from '@holdfast/core';
import { noLane } from '@holdfast/core/stage';
import type { Ticket } from './in-flight-record.js';

/**
 * Lanes of a batch of which a record was refused, and will be tried again: those that came behind it in the same batch must not be
 * written before it, whatever has changed meanwhile (a leader was elected, the client has learnt of the topic).
 */
export type RefusedLanes = Map<number, Failed>;

/** Notes what a ticket ended with that the client was never given. */
export function noteRefusal({ delivery, flight }: Ticket, outcome: Outcome): void {
  if (delivery.lane === noLane || outcome.status !== 'failed' || !outcome.error.retriable) return;
  flight.refused ??= new Map();
  if (!flight.refused.has(delivery.lane)) flight.refused.set(delivery.lane, outcome);
}

/** Why this ticket must not be written now. */
export const refusalOfLane = ({ delivery, flight }: Ticket): Failed | undefined =>
  flight.refused?.get(delivery.lane);
