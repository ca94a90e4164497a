/** What a crash keeps of what no sync made durable: `random` keeps any part of it, drawn from the seed. */
export type CrashKeep = 'none' | 'all' | 'random';

/** Draws what survives. Each of its likelihoods holds for one file, so that one may survive whole and the next not at all. */
export class Choice {
  private readonly likelihood: number;

  constructor(
    private readonly keep: CrashKeep,
    private readonly random: () => number,
  ) {
    // Nothing at all and everything are outcomes of their own, which draws between 0 and 1 would hardly ever come to.
    this.likelihood = Math.min(1, Math.max(0, random() * 1.4 - 0.2));
  }

  /** With a likelihood of its own. */
  another(): Choice {
    return new Choice(this.keep, this.random);
  }

  happens(): boolean {
    return this.upTo(1) === 1;
  }

  /** How many of `steps` that follow each other are done. */
  upTo(steps: number): number {
    if (this.keep !== 'random') return this.keep === 'all' ? steps : 0;
    let done = 0;
    while (done < steps && this.random() < this.likelihood) done++;
    return done;
  }

  /** How many bytes of a write that was under way are there. */
  part(bytes: number): number {
    if (this.keep !== 'random') return this.upTo(bytes);
    return this.happens() ? bytes : Math.floor(this.random() * (bytes + 1));
  }

  /** A length between two: mostly `to`, else one where a sector ends. */
  lengthBetween(from: number, to: number, sectorBytes: number): number {
    if (this.keep !== 'random' || to <= from || this.random() < 0.5) return to;
    const sector = Math.ceil((from + this.random() * (to - from)) / sectorBytes);
    return Math.min(to, sector * sectorBytes);
  }
}
