import type { Completion } from './delivery.js';
import { Delivery } from './delivery.js';
import { laneOf } from './lane.js';
import type { SerializedRecord } from './record.js';

/** Marks a delivery that a stage made; the dispatcher must never receive one. */
export const forked: Completion = { settled: () => undefined };

/**
 * A delivery of the stage's own, for a stage that answers for a record itself (a dead letter, a journal's replay): what came
 * from above is settled once by that stage, and this one comes back to it alone.
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
