import type { Clock, Timer } from '@holdfast/core';
import type { Entry } from './entry.js';
import type { OpenEntries } from './open-entries.js';

/** Deadlines that pass within this time are swept together. */
const sweepMs = 50;

/** One timer for the delivery deadlines of all entries that somebody waits for. */
export class Expiry {
  private timer: Timer | undefined;
  private at = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly open: OpenEntries,
    private readonly expire: (late: readonly Entry[]) => void,
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
    let earliest = Infinity;
    for (const entry of this.open) {
      if (entry.deadline <= now && entry.place !== 'below') late.push(entry);
      else if (entry.place !== 'below') earliest = Math.min(earliest, entry.deadline);
    }
    if (earliest < Infinity) this.watch(Math.max(earliest, now + sweepMs));
    if (late.length > 0) this.expire(late);
  }
}
