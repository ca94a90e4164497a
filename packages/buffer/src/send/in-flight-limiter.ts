import type { Calls } from '@holdfast/core/stage';
import type { InFlightBatch } from '../batch/in-flight-batch.js';
import { stuckMs } from '../batch/topic-quotas.js';

/**
 * Decides when the next batch may be sent: while fewer than `maxInFlight` batches, or fewer than
 * that many calls of the adapter, have had no answer. It looks at both. Retry may hold a batch that
 * was answered, so that nothing of it is settled; and a call may be another attempt of retry, of
 * which a topic that is down can have any number. A batch or call without an answer for
 * {@link stuckMs} is stuck on its broker and does not count.
 */
export class InFlightLimiter {
  /** Oldest first. */
  private readonly unanswered = new Set<InFlightBatch>();

  constructor(
    private readonly calls: Calls,
    private readonly maxInFlight: number,
  ) {}

  add(batch: InFlightBatch): void {
    this.unanswered.add(batch);
  }

  remove(batch: InFlightBatch): void {
    this.unanswered.delete(batch);
  }

  /**
   * Returns how long the next batch must wait unless an answer comes first, in ms; 0: it need not
   * wait.
   */
  waitMs(now: number): number {
    if (this.unanswered.size < this.maxInFlight) return 0;
    let oldestAt = 0;
    for (const batch of this.unanswered) {
      oldestAt = batch.sentAt;
      if (now - oldestAt < stuckMs) break;
      this.unanswered.delete(batch);
    }
    if (this.unanswered.size < this.maxInFlight) return 0;
    return this.calls.unanswered(stuckMs) < this.maxInFlight ? 0 : oldestAt + stuckMs - now;
  }
}
