import type { Failed, ProducerError, Unknown } from '@holdfast/core';
import { failed, unknown, type Delivery } from '@holdfast/core/stage';
import { gaveUp, type StopReason } from './errors.js';

/**
 * Gives records that are given up their final outcome. It is `unknown` if any attempt was: a later,
 * certain failure does not undo what an earlier attempt may have written. Records with the same
 * last error share one new error.
 */
export class FinalOutcomes {
  private readonly maybeWritten = new WeakSet<Delivery>();

  /** Notes the outcome of an attempt that may have written the record. */
  note(delivery: Delivery, outcome: Failed | Unknown): void {
    if (outcome.status === 'unknown') this.maybeWritten.add(delivery);
  }

  set(deliveries: readonly Delivery[], reason: StopReason, now: number): void {
    const errors = new Map<ProducerError, ProducerError>();
    for (const delivery of deliveries) {
      const { outcome } = delivery;
      if (outcome?.status !== 'failed' && outcome?.status !== 'unknown') continue;
      let error = errors.get(outcome.error);
      if (error === undefined)
        errors.set(outcome.error, (error = gaveUp(outcome.error, reason, delivery, now)));
      delivery.outcome = this.maybeWritten.has(delivery) ? unknown(error) : failed(error);
    }
  }
}
