import type { Outcome } from '@holdfast/core';

/**
 * What a broker answers to a login or to the question for a topic: the record that fails for it was never sent. A topic that is gone
 * (3) or forbidden (29) may be refused at the record itself, too; a counter of what was sent rather leaves these out.
 * https://kafka.apache.org/protocol#protocol_error_codes
 */
const answeredBefore: ReadonlySet<number> = new Set([3, 5, 17, 29, 30, 31, 33, 34, 53, 58, 65, 66]);

/** Whether the attempt that ended so has, or may have, put the record on the wire. */
export function hasLeft(outcome: Outcome): boolean {
  if (outcome.status !== 'failed') return true;
  // Certainly not written, and no broker has said so: see the adapter's rules in core's README.
  const { kafka } = outcome.error;
  return kafka !== undefined && !answeredBefore.has(kafka.code);
}
