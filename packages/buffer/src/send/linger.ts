import type { Clock } from '@holdfast/core/stage';
import type { BatchLimits } from '../batch/batch-builder.js';

export interface LingerOptions extends BatchLimits {
  readonly lingerMs: number;
}

/** What waits to be sent. */
export interface Waiting {
  readonly length: number;
  readonly bytes: number;
}

/**
 * Holds back a batch that is not full, for `lingerMs` after the first record came or after the last
 * batch was sent.
 */
export class Linger {
  private until = -Infinity;
  private flushes = 0;

  constructor(
    private readonly options: LingerOptions,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  restart(): void {
    const { lingerMs } = this.options;
    if (lingerMs > 0) this.until = this.clock.now() + lingerMs;
  }

  /** Suspends lingering until {@link endFlush}. */
  beginFlush(): void {
    this.flushes++;
  }

  endFlush(): void {
    this.flushes--;
  }

  /** Returns how long the next batch must linger, in ms. */
  waitMs(now: number, waiting: Waiting): number {
    const { lingerMs, maxBatchRecords, maxBatchBytes } = this.options;
    if (lingerMs === 0 || this.flushes > 0) return 0;
    if (waiting.length >= maxBatchRecords || waiting.bytes >= maxBatchBytes) return 0;
    return Math.max(0, this.until - now);
  }
}
