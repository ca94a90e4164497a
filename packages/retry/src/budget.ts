import type { Clock } from '@holdfast/core/stage';
import type { RetryBudgetOptions } from './options.js';

/**
 * Tokens are kept for at most this long, so that a quiet day does not pay for a storm. 10 s, as in
 * Finagle's RetryBudget.
 */
const memorySeconds = 10;
/** The weight of the latest batch in the average size: it reflects about the last 16 batches. */
const weightOfLatest = 1 / 16;

/**
 * A token bucket. The first attempt of each batch adds `ratio` tokens, time adds `minPerSecond`.
 * The retry of a whole batch takes one, the retry of a part its share: where one record in twenty
 * fails, it does so in every batch. The idea is that of Finagle's `RetryBudget`
 * (https://twitter.github.io/finagle/guide/Glossary.html) and tower's `retry::budget`. Unlike
 * there, an empty bucket makes a retry wait and never cancels it.
 */
export class RetryBudget {
  private tokens: number;
  private readonly maxTokens: number;
  private refilledAt: number;
  /** The moving average of records per batch. */
  private averageRecords = 0;

  constructor(
    private readonly options: Required<RetryBudgetOptions>,
    private readonly clock: Clock,
  ) {
    this.maxTokens = Math.max(1, options.minPerSecond * memorySeconds);
    this.tokens = this.maxTokens;
    this.refilledAt = clock.now();
  }

  firstAttempt(records: number): void {
    const { averageRecords: average } = this;
    this.averageRecords = average === 0 ? records : average + (records - average) * weightOfLatest;
    this.tokens = Math.min(this.maxTokens, this.tokens + this.options.ratio);
  }

  /** Pays for the retry of this many records and returns 0; or returns the ms until it can. */
  take(records: number): number {
    this.refill();
    const price = Math.min(1, records / this.averageRecords);
    if (this.tokens >= price) {
      this.tokens -= price;
      return 0;
    }
    return Math.ceil(((price - this.tokens) / this.options.minPerSecond) * 1_000);
  }

  /**
   * Refunds this many records of a retry: a circuit breaker refused them, so they were never sent.
   */
  refund(records: number): void {
    this.tokens = Math.min(this.maxTokens, this.tokens + Math.min(1, records / this.averageRecords));
  }

  private refill(): void {
    const now = this.clock.now();
    const earned = ((now - this.refilledAt) / 1_000) * this.options.minPerSecond;
    this.tokens = Math.min(this.maxTokens, this.tokens + earned);
    this.refilledAt = now;
  }
}
