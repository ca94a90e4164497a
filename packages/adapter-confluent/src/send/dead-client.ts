import type { ProducerError } from '@holdfast/core';
import { failed, unknown } from '@holdfast/core/stage';
import { overtaken } from '../errors.js';
import type { InFlightRecord } from './in-flight-batch.js';
import type { Outstanding } from './outstanding.js';
import type { PartitionLimiter } from './partition-limiter.js';

/**
 * Settles what the dead client had, which may be written, and what came in one batch with it, which
 * has to be sent again behind it. Returns the records of batches of which nothing was sent: they
 * wait for the next client. `sentNothing`: the client never sent a record.
 */
export function recoverUnsent(
  outstanding: Outstanding,
  limiter: PartitionLimiter,
  error: ProducerError,
  sentNothing: boolean,
): InFlightRecord[] {
  const unsent: InFlightRecord[] = [];
  const failure = failed(error);
  for (const batch of outstanding.batches()) {
    const records = batch.pending();
    const isPartlySent = !sentNothing && records.some(({ session }) => session !== 0);
    for (const record of records) {
      const rejection = limiter.failureOf(record);
      const notSent = rejection === undefined ? failure : overtaken(rejection);
      if (rejection === undefined && !isPartlySent) {
        record.session = 0;
        record.partition = undefined;
        unsent.push(record);
      } else {
        record.end();
        outstanding.settle(batch, record.delivery, record.session === 0 ? notSent : unknown(error));
      }
    }
  }
  return unsent;
}
