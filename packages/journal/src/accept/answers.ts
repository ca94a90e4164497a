import type { Outcome } from '@holdfast/core';
import { failed, unknown, type Delivery } from '@holdfast/core/stage';
import type { Entry } from '../deliver/entry.js';
import * as errors from '../errors.js';

/** The journal answers for it. */
export const accepted = (): Outcome => ({ status: 'accepted', by: 'journal' });

/** Who waited hears what became of the entry. */
export function answered(origin: Delivery, { attempts }: Entry, outcome: Outcome): Delivery {
  origin.outcome = outcome;
  origin.attempts = attempts;
  return origin;
}

/** Of what is left when the journal closes. `mayBeSent`: it is below, or the next start may find it. */
export function outcomeAtClose({ bypassed }: Entry, isAccepted: boolean, mayBeSent: boolean): Outcome {
  if (isAccepted) return accepted();
  if (!bypassed) return unknown(errors.leftInJournal());
  return mayBeSent ? unknown(errors.closed()) : failed(errors.closed());
}
