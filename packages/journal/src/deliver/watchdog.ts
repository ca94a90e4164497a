import { afterSilence, type Env, type Timer } from '@holdfast/core/stage';
import type { InFlightWindow } from './in-flight-window.js';

const firstReportMs = 10_000;
const nextReportMs = 60_000;
const mostTopics = 10;

/**
 * Reports that nothing is settled while records wait for room in the window, and names the topics
 * that fill it: one topic that is down, or was never created, then blocks all others, and only the
 * journal can tell which one.
 */
export class DeliveryWatchdog {
  private timer: Timer | undefined;
  private settlements = 0;
  private reported = false;

  constructor(
    private readonly env: Pick<Env, 'clock' | 'events' | 'logger'>,
    private readonly window: InFlightWindow,
  ) {}

  /**
   * Starts the watch, unless it runs: records wait in the journal, and there is no room for them.
   */
  blocked(): void {
    this.timer ??= this.watchFor(firstReportMs);
  }

  /** Notes that something was settled. */
  progressed(): void {
    this.settlements++;
    if (!this.reported) return;
    this.reported = false;
    this.env.logger.warn('the journal delivers again');
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private watchFor(ms: number): Timer {
    const { settlements } = this;
    return afterSilence(this.env.clock, ms, () => {
      this.timer = undefined;
      if (this.settlements !== settlements || this.window.records === 0) return;
      this.report();
      this.timer = this.watchFor(nextReportMs);
    });
  }

  private report(): void {
    this.reported = true;
    const { records } = this.window;
    const topics = this.window.topics().slice(0, mostTopics);
    this.env.events.emit('journal.heldBack', { records, topics });
    const named = topics.map(({ topic, records: count }) => `${topic} (${count})`).join(', ');
    this.env.logger.warn(
      `the journal delivers nothing, and all new records wait on disk: ${records} records that were handed on are not settled: ${named}; if one topic is the cause, create or repair it, or set giveUpAfterMs`,
    );
  }
}
