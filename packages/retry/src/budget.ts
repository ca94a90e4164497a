import type { Clock } from '@holdfast/core/stage';
import type { RetryBudgetOptions } from './options.js';

/** Tokens are kept for at most this long, so that a quiet day does not pay for a storm. As Finagle's RetryBudget: 10 s. */
const memorySeconds = 10;
/** How much the latest batch counts in the average size: about the last 16 are remembered. */
const weightOfLatest = 1 / 16;

/**
 * A token bucket: the first attempt of each batch adds `ratio`, time adds `minPerSecond`, the retry of a whole batch takes one, that of
 * a part its share: where one record in twenty fails, it does so in every batch. The idea is that of Finagle's `RetryBudget`
 * (https://twitter.github.io/finagle/guide/Glossary.html) and tower's `retry::budget`; here an empty bucket makes a retry wait and never
 * gives it up.
 */
export class RetryBudget {
  private tokens: number;
  private readonly most: number;
  private refilledAt: number;
  /** Records in a batch, of late. */
  private usualRecords = 0;

  constructor(
    private readonly options: Required<RetryBudgetOptions>,
    private readonly clock: Clock,
  ) {
    this.most = Math.max(1, options.minPerSecond * memorySeconds);
    this.tokens = this.most;
    this.refilledAt = clock.now();
  }

  firstAttempt(records: number): void {
    const { usualRecords: usual } = this;
    this.usualRecords = usual === 0 ? records : usual + (records - usual) * weightOfLatest;
    this.tokens = Math.min(this.most, this.tokens + this.options.ratio);
  }

  /** Pays for the retry of so many records; or answers the ms until it can. */
  take(records: number): number {
    this.refill();
    const price = Math.min(1, records / this.usualRecords);
    if (this.tokens >= price) {
      this.tokens -= price;
      return 0;
    }
    return Math.ceil(((price - this.tokens) / this.options.minPerSecond) * 1_000);
  }

  /** Of the records of a retry, so many never left: a circuit breaker refused them. */
  giveBack(records: number): void {
    this.tokens = Math.min(this.most, this.tokens + Math.min(1, records / this.usualRecords));
  }

  private refill(): void {
    const now = this.clock.now();
    const earned = ((now - this.refilledAt) / 1_000) * this.options.minPerSecond;
    this.tokens = Math.min(this.most, this.tokens + earned);
    this.refilledAt = now;
  }
}
