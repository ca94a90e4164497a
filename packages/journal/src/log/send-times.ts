import type { Clock } from '@holdfast/core/stage';

/** Marks that are kept, at most. */
const mostMarks = 1_024;

/**
 * When the records that the journal holds were sent: marks of (sequence number, time), a
 * millisecond apart, and further apart where there would be too many: a 500th of the age of the
 * oldest record at its last reading. A time that is read from them is too early by at most that
 * much. Times are monotonic ms and never go back: a record that is older than the one before it
 * counts as sent with that one.
 */
export class SendTimes {
  /** Returns the first sequence number that is still held. Set once the journal is open. */
  firstHeld: () => number = () => 0;
  private sequences: number[] = [];
  private times: number[] = [];
  /** A record that was sent before this time needs no mark of its own. */
  private dueAt = -Infinity;

  note(sequence: number, at: number): void {
    if (at < this.dueAt) return;
    this.sequences.push(sequence);
    this.times.push(at);
    this.tidy();
  }

  /**
   * Returns when the oldest record that is held was sent; the value is meaningless when none is
   * held.
   */
  oldest(): number | undefined {
    this.tidy();
    return this.times[0];
  }

  /** Returns when a record that is held was sent; `undefined` when that is not known of any. */
  of(sequence: number): number | undefined {
    return this.times[Math.max(0, this.countUpTo(sequence) - 1)];
  }

  /**
   * Removes the marks before that of the oldest record, and every second one when there are too
   * many.
   */
  private tidy(): void {
    const { sequences, times } = this;
    const past = this.countUpTo(this.firstHeld()) - 1;
    if (past > 0) {
      sequences.splice(0, past);
      times.splice(0, past);
    }
    if (sequences.length === mostMarks) {
      this.sequences = sequences.filter((_, index) => index % 2 === 0);
      this.times = times.filter((_, index) => index % 2 === 0);
    }
    const oldest = this.times[0];
    const latest = this.times.at(-1);
    if (oldest === undefined || latest === undefined) return;
    this.dueAt = latest + Math.max(1, (latest - oldest) / (mostMarks / 2));
  }

  /** Returns how many marks belong to that record or an earlier one. */
  private countUpTo(sequence: number): number {
    let from = 0;
    let to = this.sequences.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.sequences[middle] ?? Infinity) <= sequence) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/**
 * Returns a function that converts the timestamps of records, read in order, to monotonic ms. A
 * timestamp before the creation of the record's segment, or in the future, is the user's own: such
 * a record counts as sent with the one before it, or when the segment was created.
 */
export function recoveredTimes(clock: Clock): (timestamp: number, segmentAt: number | undefined) => number {
  const wallNow = clock.wallTime();
  const now = clock.now();
  let latest = -Infinity;
  return (timestamp, segmentAt = -Infinity) => {
    const isSendTime = timestamp >= segmentAt && timestamp <= wallNow;
    const at = Math.max(latest, isSendTime ? timestamp : segmentAt);
    latest = at > -Infinity ? Math.min(at, wallNow) : wallNow;
    return now - (wallNow - latest);
  };
}
