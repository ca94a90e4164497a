import type { Clock, Delivery, Timer } from '@holdfast/core/stage';
import type { Entry } from '../deliver/entry.js';
import type { OpenEntries } from './open-entries.js';
import type { Writing } from './pending-writes.js';

/** Deadlines that pass within this time are swept together. */
const sweepMs = 50;

/** One timer for the delivery deadlines of all that somebody waits for. */
export class Expiry {
  private timer: Timer | undefined;
  private at = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly open: OpenEntries,
    private readonly writing: Writing,
    private readonly expire: (waiting: readonly Entry[], writing: readonly Delivery[]) => void,
  ) {}

  watch(deadline: number): void {
    if (deadline >= this.at) return;
    this.timer?.cancel();
    this.at = deadline;
    this.timer = this.clock.after(Math.max(0, deadline - this.clock.now()), () => this.sweep());
  }

  cancel(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.at = Infinity;
  }

  private sweep(): void {
    this.cancel();
    const now = this.clock.now();
    const late: Entry[] = [];
    const lateWriting = this.writing.takeLate(now);
    let earliest = this.writing.earliestDeadline;
    for (const entry of this.open) {
      if (entry.isBelow) continue; // those below see to it
      if (entry.deadline <= now) late.push(entry);
      else earliest = Math.min(earliest, entry.deadline);
    }
    if (earliest < Infinity) this.watch(Math.max(earliest, now + sweepMs));
    if (late.length + lateWriting.length > 0) this.expire(late, lateWriting);
  }
}
