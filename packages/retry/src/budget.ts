import type { Clock } from '@holdfast/core';
import type { RetryBudgetOptions } from './options.js';

/** Tokens are kept for at most this long, so that a quiet day does not pay for a storm. As Finagle's RetryBudget: 10 s. */
const memorySeconds = 10;

/**
 * A token bucket: each first attempt adds `ratio`, time adds `minPerSecond`, a retry takes one. The idea is that of Finagle's
 * `RetryBudget` (https://twitter.github.io/finagle/guide/Glossary.html) and tower's `retry::budget`; here an empty bucket
 * makes a retry wait and never gives it up.
 */
export class RetryBudget {
  private tokens: number;
  private readonly most: number;
  private refilledAt: number;

  constructor(
    private readonly options: Required<RetryBudgetOptions>,
    private readonly clock: Clock,
  ) {
    this.most = Math.max(1, options.minPerSecond * memorySeconds);
    this.tokens = this.most;
    this.refilledAt = clock.now();
  }

  firstAttempt(): void {
    this.tokens = Math.min(this.most, this.tokens + this.options.ratio);
  }

  /** Takes a token; or answers the ms until there is one. */
  take(): number {
    this.refill();
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.tokens) / this.options.minPerSecond) * 1_000);
  }

  private refill(): void {
    const now = this.clock.now();
    const earned = ((now - this.refilledAt) / 1_000) * this.options.minPerSecond;
    this.tokens = Math.min(this.most, this.tokens + earned);
    this.refilledAt = now;
  }
}
