import type { Clock } from '@holdfast/core/stage';

/** Marks that are kept, at most. */
const mostMarks = 1_024;

/**
 * When the records that the journal holds were sent: marks of (sequence number, time), a millisecond apart, and further where there
 * would be too many: a 500th of the age of the oldest record, as it was when it was last asked for. A time that is read from them
 * is too early by so much at most. Times are monotonic ms and do not go back: a record that is older than the one before it counts as
 * sent with that one.
 */
export class SendTimes {
  /** No record before this sequence number is held any more. Set by whoever knows. */
  firstHeld: () => number = () => 0;
  private sequences: number[] = [];
  private times: number[] = [];
  /** A record that was sent before needs no mark of its own. */
  private dueAt = -Infinity;

  note(sequence: number, at: number): void {
    if (at < this.dueAt) return;
    this.sequences.push(sequence);
    this.times.push(at);
    this.tidy();
  }

  /** Of the oldest record that is held; what it says while none is means nothing. */
  oldest(): number | undefined {
    this.tidy();
    return this.times[0];
  }

  /** Of a record that is held; `undefined`: of none is anything known. */
  of(sequence: number): number | undefined {
    return this.times[Math.max(0, this.countUpTo(sequence) - 1)];
  }

  /** The marks before the one that speaks for the oldest record go; of too many, each second one. */
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

  /** How many marks are of that record or of one before it. */
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
 * Makes monotonic ms of the timestamps of records that are read in order. What lies before the record's segment was made, or ahead of
 * now, is a time of the user's own: such a record counts as sent with the one before it, or when the segment was made.
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
