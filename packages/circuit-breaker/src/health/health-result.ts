import type { Failed, ProducerError, Unknown } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import type { FailurePredicate } from './failure-predicate.js';

/**
 * What records that were settled together say about the health of their circuit: the error of a
 * failure, a success, or nothing (`undefined`).
 */
export type HealthResult = ProducerError | 'success' | undefined;

/**
 * Builds the result of a circuit's records that were settled together: a batch of 1,000 that fails
 * is one failure. It is a success if any of them was delivered: what failed beside it is not the
 * whole that the circuit stands for.
 */
export class HealthResultBuilder {
  result: HealthResult;
  private latest: Failed | Unknown | undefined;

  constructor(private readonly predicate: FailurePredicate) {}

  add({ outcome, record }: Delivery): void {
    if (outcome?.status === 'delivered') this.result = 'success';
    if (this.result !== undefined) return;
    if (outcome?.status !== 'failed' && outcome?.status !== 'unknown') return;
    if (outcome === this.latest) return;
    this.latest = outcome;
    this.result = this.predicate.failureIn(outcome, record);
  }
}

/** Returns the result of records of one circuit. */
export function healthResultOf(settled: readonly Delivery[], predicate: FailurePredicate): HealthResult {
  const builder = new HealthResultBuilder(predicate);
  for (const delivery of settled) {
    builder.add(delivery);
    if (builder.result === 'success') break;
  }
  return builder.result;
}
