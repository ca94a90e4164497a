import type { Range } from '../../format/notes.js';

/**
 * Sequence numbers that are acknowledged and not yet noted on disk, until a frame takes them along
 * as ranges.
 */
export class PendingAcks {
  /** The current run of consecutive numbers; nearly all come that way. */
  private start = 0;
  private end = 0;
  private numbers = new Float64Array(256);
  private length = 0;
  private ranges: Range[] = [];

  get isEmpty(): boolean {
    return this.end === this.start && this.length === 0 && this.ranges.length === 0;
  }

  add(sequence: number): void {
    if (sequence === this.end && this.end > this.start) {
      this.end++;
      return;
    }
    this.endRun();
    this.start = sequence;
    this.end = sequence + 1;
  }

  private endRun(): void {
    const { start, end } = this;
    if (end - start > 1) this.ranges.push({ start, end });
    else if (end > start) this.addSingle(start);
    this.start = this.end = 0;
  }

  private addSingle(sequence: number): void {
    if (this.length === this.numbers.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.length++] = sequence;
  }

  addRanges(ranges: readonly Range[]): void {
    this.ranges.push(...ranges);
  }

  /** Takes out at most `most` ranges, the lowest first; the rest stays. */
  take(most: number): readonly Range[] {
    if (this.isEmpty) return [];
    this.endRun();
    const all = merged([...this.ranges, ...rangesOf(this.numbers.subarray(0, this.length).sort())]);
    this.length = 0;
    this.ranges = all.splice(most);
    return all;
  }
}

function rangesOf(sorted: Float64Array): Range[] {
  const all: Range[] = [];
  let start = -1;
  let end = -1;
  for (const number of sorted) {
    if (number !== end) {
      if (end > start) all.push({ start, end });
      start = number;
    }
    end = number + 1;
  }
  if (end > start) all.push({ start, end });
  return all;
}

/** Sorts the ranges, and joins those that overlap or touch. */
function merged(ranges: readonly Range[]): Range[] {
  const all: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last !== undefined && range.start <= last.end) {
      all[all.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else all.push(range);
  }
  return all;
}
