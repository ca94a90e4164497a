/**
 * What a crash keeps of data that is not durable: `random` keeps any part of it, drawn from the
 * seed.
 */
export type CrashKeep = 'none' | 'all' | 'random';

/**
 * Draws what survives. Each file has its own probability, so that one may survive whole and the
 * next not at all.
 */
export class Choice {
  private readonly likelihood: number;

  constructor(
    private readonly keep: CrashKeep,
    private readonly random: () => number,
  ) {
    // A draw between 0 and 1 would hardly ever yield nothing or everything.
    this.likelihood = Math.min(1, Math.max(0, random() * 1.4 - 0.2));
  }

  /** Returns a choice with its own probability. */
  another(): Choice {
    return new Choice(this.keep, this.random);
  }

  happens(): boolean {
    return this.upTo(1) === 1;
  }

  /** Returns how many of the consecutive `steps` are done. */
  upTo(steps: number): number {
    if (this.keep !== 'random') return this.keep === 'all' ? steps : 0;
    let done = 0;
    while (done < steps && this.random() < this.likelihood) done++;
    return done;
  }

  /** Returns how many bytes of a pending write are kept. */
  part(bytes: number): number {
    if (this.keep !== 'random') return this.upTo(bytes);
    return this.happens() ? bytes : Math.floor(this.random() * (bytes + 1));
  }

  /** Returns a length between the two: mostly `to`, else one at the end of a sector. */
  lengthBetween(from: number, to: number, sectorBytes: number): number {
    if (this.keep !== 'random' || to <= from || this.random() < 0.5) return to;
    const sector = Math.ceil((from + this.random() * (to - from)) / sectorBytes);
    return Math.min(to, sector * sectorBytes);
  }
}
