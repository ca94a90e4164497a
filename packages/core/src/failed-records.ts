import type { Failed, Unknown } from './outcome.js';
import type { SerializedRecord } from './record.js';

export interface FailedRecord {
  readonly record: SerializedRecord;
  /** `unknown` may be in the topic: sending it again can duplicate it. */
  readonly outcome: Failed | Unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The last `limit` records that failed; an older one makes room for a newer. */
export class FailedRecords {
  private kept: FailedRecord[] = [];

  constructor(private readonly limit: number) {}

  add(one: FailedRecord): void {
    this.kept.push(one);
    // Cutting at twice the limit makes the cut amortised O(1).
    if (this.kept.length > 2 * this.limit) this.kept = this.list();
  }

  list(): FailedRecord[] {
    return this.limit === 0 ? [] : this.kept.slice(-this.limit);
  }

  take(): FailedRecord[] {
    const taken = this.list();
    this.kept = [];
    return taken;
  }
}
