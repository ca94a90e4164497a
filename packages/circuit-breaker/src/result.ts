import type { Failed, ProducerError, Unknown } from '@holdfast/core';
import type { Delivery } from '@holdfast/core/stage';
import type { Judge } from './verdict.js';

/** What one result says of a circuit's health: the error that speaks against it, a success, or nothing. */
export type Verdict = ProducerError | 'success' | undefined;

/**
 * Deliveries of one circuit that came back together: a batch of 1,000 that fails is one failure. Whatever failed beside a record
 * that was delivered is not the whole of what the circuit stands for.
 */
export class Result {
  verdict: Verdict;
  private latest: Failed | Unknown | undefined;

  constructor(private readonly judge: Judge) {}

  add({ outcome, record }: Delivery): void {
    if (outcome?.status === 'delivered') this.verdict = 'success';
    if (this.verdict !== undefined) return;
    if (outcome?.status !== 'failed' && outcome?.status !== 'unknown') return;
    if (outcome === this.latest) return;
    this.latest = outcome;
    this.verdict = this.judge.against(outcome, record);
  }

  static of(settled: readonly Delivery[], judge: Judge): Verdict {
    const result = new Result(judge);
    for (const delivery of settled) {
      result.add(delivery);
      if (result.verdict === 'success') break;
    }
    return result.verdict;
  }
}
