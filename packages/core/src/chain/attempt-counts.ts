import type { AttemptStats, InFlightStats } from '../contract/stats.js';
import { CodeCounter } from '../kit/code-counter.js';
import type { Delivery } from '../contract/delivery.js';
import type { Outcome } from '../contract/outcome.js';
import { soundOutcome } from './sound-outcome.js';

/** Counts in front of the adapter, so that attempts which a retry healed are counted too. */
export class AttemptCounts {
  private records = 0;
  private retried = 0;
  private delivered = 0;
  private readonly retriable = new CodeCounter();
  private readonly fatal = new CodeCounter();

  /** Counts another attempt for each record. */
  began(batch: readonly Delivery[]): void {
    let retried = 0;
    for (const delivery of batch) if (++delivery.attempts > 1) retried++;
    this.records += batch.length;
    this.retried += retried;
  }

  answered(settled: readonly Delivery[]): void {
    let delivered = 0;
    for (const { outcome } of settled) {
      if (outcome?.status === 'delivered') delivered++;
      else if (outcome !== undefined) this.failed(soundOutcome(outcome));
    }
    this.delivered += delivered;
  }

  private failed(outcome: Outcome): void {
    if (!('error' in outcome)) return;
    const { code, retriable } = outcome.error;
    (retriable ? this.retriable : this.fatal).add(code);
  }

  stats(): Omit<AttemptStats, keyof InFlightStats> {
    const { records, retried, delivered, retriable, fatal } = this;
    return {
      records,
      retried,
      delivered,
      retriableErrors: retriable.counts(),
      fatalErrors: fatal.counts(),
    };
  }
}
