import type { ErrorCounts, OutcomeCounts } from '../contract/stats.js';
import { CodeCounter } from '../kit/code-counter.js';
import type { Outcome } from '../contract/outcome.js';

/** Counts every record by how it ended, and every error by its code. */
export class Counters {
  sent = 0;
  private delivered = 0;
  private deadLettered = 0;
  private accepted = 0;
  private failed = 0;
  private unknown = 0;
  private readonly codes = {
    deadLettered: new CodeCounter(),
    failed: new CodeCounter(),
    unknown: new CodeCounter(),
  };

  settled(outcome: Outcome): void {
    switch (outcome.status) {
      case 'delivered':
        this.delivered++;
        return;
      case 'accepted':
        this.accepted++;
        return;
      case 'dead-lettered':
        this.deadLettered++;
        return this.codes.deadLettered.add(outcome.error.code);
      case 'failed':
        this.failed++;
        return this.codes.failed.add(outcome.error.code);
      case 'unknown':
        this.unknown++;
        return this.codes.unknown.add(outcome.error.code);
    }
  }

  /** Records that no stage settled and nobody waits for: perhaps written. */
  forgotten(records: number, code: string): void {
    if (records === 0) return;
    this.unknown += records;
    this.codes.unknown.add(code, records);
  }

  outcomes(): OutcomeCounts {
    const { delivered, deadLettered, accepted, failed, unknown } = this;
    return { delivered, deadLettered, accepted, failed, unknown };
  }

  errors(): ErrorCounts {
    const { deadLettered, failed, unknown } = this.codes;
    return { deadLettered: deadLettered.counts(), failed: failed.counts(), unknown: unknown.counts() };
  }
}
