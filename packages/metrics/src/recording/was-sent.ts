import type { Outcome } from '@holdfast/core';

/**
 * Codes with which a broker responds to a login or to a metadata request, so that the record was
 * never sent. A topic that is missing (3) or forbidden (29) may also be refused when the record
 * itself arrives. The counter of sent records leaves these out rather than count too many.
 * https://kafka.apache.org/protocol#protocol_error_codes
 */
const respondedBeforeSend: ReadonlySet<number> = new Set([3, 5, 17, 29, 30, 31, 33, 34, 53, 58, 65, 66]);

/** Returns whether the attempt with this outcome sent the record to a broker, or may have. */
export function wasSent(outcome: Outcome): boolean {
  if (outcome.status !== 'failed') return true;
  // Certainly not written, and not refused by a broker: see the rules for adapters in core's
  // README.
  const { kafka } = outcome.error;
  return kafka !== undefined && !respondedBeforeSend.has(kafka.code);
}
