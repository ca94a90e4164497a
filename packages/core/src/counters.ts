import type { Outcome } from './outcome.js';

export interface OutcomeCounts {
  readonly delivered: number;
  readonly deadLettered: number;
  readonly accepted: number;
  readonly failed: number;
  readonly unknown: number;
}

/** Counts every record by how it ended, and every error by its code. */
export class Counters {
  sent = 0;
  private delivered = 0;
  private deadLettered = 0;
  private accepted = 0;
  private failed = 0;
  private unknown = 0;
  private readonly byCode = new Map<string, number>();

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
        break;
      case 'failed':
        this.failed++;
        break;
      case 'unknown':
        this.unknown++;
    }
    const { code } = outcome.error;
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1);
  }

  /** Records that no stage settled and nobody waits for: perhaps written. */
  forgotten(records: number, code: string): void {
    if (records === 0) return;
    this.unknown += records;
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + records);
  }

  outcomes(): OutcomeCounts {
    const { delivered, deadLettered, accepted, failed, unknown } = this;
    return { delivered, deadLettered, accepted, failed, unknown };
  }

  errors(): { readonly [code: string]: number } {
    return Object.fromEntries(this.byCode);
  }
}
