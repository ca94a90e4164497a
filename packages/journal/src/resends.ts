import type { Clock, ProducerError, Timer } from '@holdfast/core';
import type { Entry } from './entry.js';

const firstDelayMs = 100;
const longestDelayMs = 30_000;

/**
 * Records that the journal has accepted and that failed below for now. They wait until all that is below has come back, and then for
 * a while (exponential backoff, full jitter, https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/); then they
 * go down again before all others, in their order.
 */
export class Resends {
  private waiting: Entry[] = [];
  private due: Entry[] = [];
  private rounds = 0;
  private retryAfterMs = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly onDue: () => void,
  ) {}

  /** Nothing else goes down meanwhile. */
  get isHolding(): boolean {
    return this.waiting.length > 0;
  }

  add(entry: Entry, error: ProducerError): void {
    this.waiting.push(entry);
    this.retryAfterMs = Math.max(this.retryAfterMs, error.retryAfter ?? 0);
  }

  /** Records get through again. */
  delivered(): void {
    this.rounds = 0;
  }

  /** Nothing is below: the wait begins. */
  wait(): void {
    if (this.waiting.length === 0 || this.timer !== undefined) return;
    const backoffMs =
      this.random() * Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(this.rounds++, 20));
    this.timer = this.clock.after(Math.max(backoffMs, this.retryAfterMs), () => {
      this.timer = undefined;
      this.retryAfterMs = 0;
      this.due = [...this.due, ...this.waiting].sort((a, b) => a.sequence - b.sequence);
      this.waiting = [];
      this.onDue();
    });
  }

  shift(): Entry | undefined {
    return this.due.shift();
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }
}
