import type { Calls } from '@holdfast/core/stage';
import type { Batch } from './batch.js';
import { stuckMs } from './shares.js';

/**
 * When the next batch may go down: while fewer than `maxInFlight` batches, or fewer than so many of the adapter's calls, are
 * without any answer. Both are asked: a batch may have been answered without anything coming up, when retry holds it; and a
 * call may be another attempt of retry, of which a topic that is down can have any number. What has had no answer for
 * {@link stuckMs} is stuck on its broker and does not count.
 */
export class Pace {
  /** Oldest first. */
  private readonly unanswered = new Set<Batch>();

  constructor(
    private readonly calls: Calls,
    private readonly maxInFlight: number,
  ) {}

  wentDown(batch: Batch): void {
    this.unanswered.add(batch);
  }

  cameUp(batch: Batch): void {
    this.unanswered.delete(batch);
  }

  /** How long the next batch has to wait, unless there is an answer before; 0: it need not. */
  waitMs(now: number): number {
    if (this.unanswered.size < this.maxInFlight) return 0;
    let oldestAt = 0;
    for (const batch of this.unanswered) {
      oldestAt = batch.at;
      if (now - oldestAt < stuckMs) break;
      this.unanswered.delete(batch);
    }
    if (this.unanswered.size < this.maxInFlight) return 0;
    return this.calls.unanswered(stuckMs) < this.maxInFlight ? 0 : oldestAt + stuckMs - now;
  }
}
