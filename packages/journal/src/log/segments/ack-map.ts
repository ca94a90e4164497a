import type { Range } from '../../format/notes.js';

const fullWord = 2 ** 32 - 1;

/** Which records of a segment are acknowledged: one bit per record, from the first one on. */
export class AckMap {
  private bits = new Uint32Array(64);
  /** All words before this one are full. */
  private full = 0;

  constructor(readonly first: number) {}

  has(sequence: number): boolean {
    const index = sequence - this.first;
    return ((this.bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
  }

  /** Returns false when it was set already. */
  set(sequence: number): boolean {
    const index = sequence - this.first;
    const word = index >>> 5;
    if (word >= this.bits.length) this.grow(word);
    const before = this.bits[word] ?? 0;
    const after = before | (1 << (index & 31));
    this.bits[word] = after;
    return before !== after >>> 0;
  }

  /** The first one that is not set. */
  get firstUnset(): number {
    const wordAt = (): number => this.bits[this.full] ?? 0;
    while (wordAt() === fullWord) this.full++;
    const unset = ~wordAt();
    return this.first + this.full * 32 + (31 - Math.clz32(unset & -unset));
  }

  /** Returns all ranges that are set before `end`. */
  ranges(end: number): Range[] {
    const all: Range[] = [];
    for (let at = this.first; at < end; ) {
      if (!this.has(at)) {
        at++;
        continue;
      }
      const start = at;
      while (at < end && this.has(at)) at++;
      all.push({ start, end: at });
    }
    return all;
  }

  private grow(word: number): void {
    const larger = new Uint32Array(Math.max(word + 1, this.bits.length * 2));
    larger.set(this.bits);
    this.bits = larger;
  }
}
