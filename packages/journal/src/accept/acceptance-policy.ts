import type { Delivery } from '@holdfast/core/stage';
import type { Entry } from '../deliver/entry.js';
import type { ResolvedJournalOptions } from '../options.js';

/**
 * When the journal accepts a record that is on disk, so that the caller no longer waits for Kafka:
 * at once, when Kafka has not confirmed it `acceptAfterMs` after `send`, or never.
 */
export class AcceptancePolicy {
  constructor(private readonly options: Pick<ResolvedJournalOptions, 'acceptAfterMs' | 'giveUpAfterMs'>) {}

  /** Returns whether a record that has just become durable is accepted now. */
  isDue({ createdAt, deadline }: Delivery, now: number): boolean {
    const at = createdAt + this.options.acceptAfterMs;
    return at <= now && at <= deadline;
  }

  /** Returns when the entry will be accepted, monotonic ms; `Infinity`: never. */
  dueAt(entry: Entry): number {
    return this.covers(entry) ? entry.createdAt + this.options.acceptAfterMs : Infinity;
  }

  /**
   * Returns the deadline below of a record that is on disk. Where the journal accepts it before the
   * caller's own deadline, that one no longer counts.
   */
  deadlineOf({ createdAt, deadline }: Delivery): number {
    const { acceptAfterMs, giveUpAfterMs } = this.options;
    const at = createdAt + acceptAfterMs;
    return deadline < at ? deadline : at + giveUpAfterMs;
  }

  /**
   * Returns whether the journal will accept it: not what the disk does not have, nor what expires
   * before.
   */
  covers({ bypassed, createdAt, deadline }: Entry): boolean {
    const { acceptAfterMs } = this.options;
    return acceptAfterMs < Infinity && !bypassed && deadline >= createdAt + acceptAfterMs;
  }
}
