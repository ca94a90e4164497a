import type { Completion } from './delivery.js';
import { Delivery } from './delivery.js';
import { laneOf } from './lane.js';
import type { SerializedRecord } from './record.js';

/** Marks a delivery that a stage created; the dispatcher must never receive one. */
export const forked: Completion = { settled: () => undefined };

/**
 * Creates a delivery of a stage's own, for a stage that takes responsibility for a record (a dead
 * letter, a journal's replay). The stage settles the delivery from above once; the fork comes back
 * to that stage alone. `deadline` (monotonic ms) defaults to the origin's.
 */
export function fork(
  origin: Pick<Delivery, 'createdAt' | 'deadline'> & { readonly heldSince?: number },
  record: SerializedRecord,
  deadline = origin.deadline,
): Delivery {
  const delivery = new Delivery(record, laneOf(record), origin.createdAt, deadline, forked);
  delivery.heldSince = origin.heldSince ?? origin.createdAt;
  return delivery;
}
