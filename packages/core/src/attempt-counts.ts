import { CodeCounter, type CountsByCode } from './counts-by-code.js';
import type { Delivery } from './delivery.js';
import type { Outcome } from './outcome.js';
import { soundOutcome } from './sound-outcome.js';

/** What the adapter has and has not answered for. */
export interface InFlightStats {
  readonly inFlightRecords: number;
  /** Since the oldest call of the adapter that has had no answer at all; 0 when there is none. */
  readonly oldestInFlightMs: number;
}

/** What the adapter was given and what it answered. A record that is tried three times counts three times. */
export interface AttemptStats extends InFlightStats {
  /** Records handed to the adapter. */
  readonly records: number;
  /** Of those, how many were not handed to it for the first time. */
  readonly retried: number;
  /** Of those, how many it has delivered. */
  readonly delivered: number;
  /** Failures after which the same record may yet succeed (`error.retriable`), a timeout say. */
  readonly retriableErrors: CountsByCode;
  /** Failures that trying again cannot heal: a record too large, a topic that this user may not write to. */
  readonly fatalErrors: CountsByCode;
}

/** Counts in front of the adapter, so that what a retry heals is seen, too. */
export class AttemptCounts {
  private records = 0;
  private retried = 0;
  private delivered = 0;
  private readonly retriable = new CodeCounter();
  private readonly fatal = new CodeCounter();

  /** The records begin another attempt. */
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
