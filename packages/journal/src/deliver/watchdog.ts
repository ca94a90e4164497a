import { afterSilence, type Env, type Timer } from '@holdfast/core/stage';
import type { Below } from './in-flight-window.js';

const firstAfterMs = 10_000;
const againAfterMs = 60_000;
const mostNamed = 10;

/**
 * Says so when nothing comes back of what is below and no more can follow: one topic that is down, or was never made, has all
 * others wait then, and only here it is known which.
 */
export class Jam {
  private timer: Timer | undefined;
  private cameUp = 0;
  private told = false;

  constructor(
    private readonly env: Pick<Env, 'clock' | 'events' | 'logger'>,
    private readonly below: Below,
  ) {}

  /** Records wait in the journal, and there is no room below. */
  noRoom(): void {
    this.timer ??= this.lookAfter(firstAfterMs);
  }

  moved(): void {
    this.cameUp++;
    if (!this.told) return;
    this.told = false;
    this.env.logger.warn('the journal hands records on again');
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private lookAfter(ms: number): Timer {
    const { cameUp } = this;
    return afterSilence(this.env.clock, ms, () => {
      this.timer = undefined;
      if (this.cameUp !== cameUp || this.below.records === 0) return;
      this.tell();
      this.timer = this.lookAfter(againAfterMs);
    });
  }

  private tell(): void {
    this.told = true;
    const { records } = this.below;
    const topics = this.below.topics().slice(0, mostNamed);
    this.env.events.emit('journal.heldBack', { records, topics });
    const named = topics.map(({ topic, records: count }) => `${topic} (${count})`).join(', ');
    this.env.logger.warn(
      `the journal hands nothing on, and all that comes waits on disk: ${records} records below it are not done with, of ${named}; if one topic is the cause, make or mend it, or set giveUpAfterMs`,
    );
  }
}
