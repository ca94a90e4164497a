import { afterSilence, type Clock, type Timer } from '@holdfast/core/stage';
import type { TopicRecords } from './entry.js';

/** A topic is stuck when nothing of it has come up for so long. */
const stuckAfterMs = 1_000;

/** Looks whether a topic that has its share below, and whose records wait before all others, is only slow. */
export class Stuck {
  private watched: TopicRecords | undefined;
  private cameUp = 0;
  private found = false;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    /** It has been looked: ask again. */
    private readonly onLooked: () => void,
  ) {}

  /** Whether nothing of the topic has come up since this was asked a while ago. */
  has(counted: TopicRecords): boolean {
    const isSame = this.watched === counted && this.cameUp === counted.cameUp;
    if (isSame && this.found) return true;
    if (this.timer === undefined) this.watch(counted);
    return false;
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private watch(counted: TopicRecords): void {
    this.watched = counted;
    this.cameUp = counted.cameUp;
    this.found = false;
    this.timer = afterSilence(this.clock, stuckAfterMs, () => {
      this.timer = undefined;
      this.found = this.cameUp === counted.cameUp;
      this.onLooked();
    });
  }
}
