import { afterSilence, type Clock, type Delivery, type Timer } from '@holdfast/core/stage';
import type { Entry } from '../deliver/entry.js';
import type { OpenEntries } from './open-entries.js';
import type { ResolvedJournalOptions } from '../options.js';

/** Those that are due within this time are accepted together. */
const sweepMs = 50;

/**
 * When the journal answers for a record that is on disk: at once, or when Kafka has not confirmed it `acceptAfterMs` after it was
 * sent, or never. One timer for the oldest that somebody waits for.
 */
export class Acceptance {
  private timer: Timer | undefined;
  private ended = false;

  constructor(
    private readonly options: Pick<ResolvedJournalOptions, 'acceptAfterMs' | 'giveUpAfterMs'>,
    private readonly clock: Clock,
    private readonly open: OpenEntries,
    private readonly accept: (due: readonly Entry[]) => void,
  ) {}

  /** Whether the journal answers for a record that has become durable now. */
  isDue({ createdAt, deadline }: Delivery, now: number): boolean {
    const at = createdAt + this.options.acceptAfterMs;
    return at <= now && at <= deadline;
  }

  /**
   * The deadline below of a record that is on disk. Where the journal answers for it before the caller's own deadline, that one no
   * longer counts.
   */
  deadlineOf({ createdAt, deadline }: Delivery): number {
    const { acceptAfterMs, giveUpAfterMs } = this.options;
    const at = createdAt + acceptAfterMs;
    return deadline < at ? deadline : at + giveUpAfterMs;
  }

  /** Whether the journal will answer for it: not for what the disk does not have, nor for what fails before. */
  covers({ bypassed, createdAt, deadline }: Entry): boolean {
    const { acceptAfterMs } = this.options;
    return acceptAfterMs < Infinity && !bypassed && deadline >= createdAt + acceptAfterMs;
  }

  watch(entry: Entry): void {
    if (this.timer === undefined && !this.ended && this.covers(entry)) this.wake(this.msUntilDue(entry));
  }

  cancel(): void {
    this.ended = true;
    this.timer?.cancel();
  }

  private msUntilDue({ createdAt }: Entry): number {
    return createdAt + this.options.acceptAfterMs - this.clock.now();
  }

  /** After a long pause of the process the answers of Kafka are there already, and are read first. */
  private wake(ms: number): void {
    this.timer = afterSilence(this.clock, Math.max(0, ms), () => this.sweep());
  }

  private sweep(): void {
    this.timer = undefined;
    const due: Entry[] = [];
    for (const entry of this.open) {
      if (!this.covers(entry)) continue;
      const ms = this.msUntilDue(entry);
      if (ms > 0) {
        this.wake(Math.max(ms, sweepMs));
        break;
      }
      due.push(entry);
    }
    if (due.length > 0) this.accept(due);
  }
}
