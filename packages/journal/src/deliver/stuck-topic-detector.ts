import { afterSilence, type Clock, type Timer } from '@holdfast/core/stage';
import type { TopicInFlight } from './entry.js';

/** A topic is stuck when none of its records has been settled for this long. */
const stuckAfterMs = 1_000;

/**
 * Tells a topic that is stuck from one that is merely slow. It watches one topic at a time: the one
 * that has reached its share of the window while its records are next in the queue.
 */
export class StuckTopicDetector {
  private watched: TopicInFlight | undefined;
  private settled = 0;
  private foundStuck = false;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    /** Called when the watch has ended: {@link isStuck} knows more now. */
    private readonly onJudged: () => void,
  ) {}

  /**
   * Returns whether a watch has found the topic stuck, and nothing was settled since. Else it
   * begins a watch.
   */
  isStuck(counted: TopicInFlight): boolean {
    const isSame = this.watched === counted && this.settled === counted.settled;
    if (isSame && this.foundStuck) return true;
    if (this.timer === undefined) this.watch(counted);
    return false;
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private watch(counted: TopicInFlight): void {
    this.watched = counted;
    this.settled = counted.settled;
    this.foundStuck = false;
    this.timer = afterSilence(this.clock, stuckAfterMs, () => {
      this.timer = undefined;
      this.foundStuck = this.settled === counted.settled;
      this.onJudged();
    });
  }
}
