interface Sized {
  readonly bytes: number;
  /** Monotonic whole ms. */
  readonly oldestAt: number;
}

/**
 * What all groups that wait come to. Kept up as they come and go: to look at each when somebody asks takes a fifth of a second for a
 * million of them.
 */
export class Waiting {
  bytes = 0;
  /** How many groups there are by their `oldestAt`: as many numbers as milliseconds in which such a record was sent. */
  private readonly groups = new Map<number, number>();

  add({ bytes, oldestAt }: Sized): void {
    this.bytes += bytes;
    this.groups.set(oldestAt, (this.groups.get(oldestAt) ?? 0) + 1);
  }

  remove({ bytes, oldestAt }: Sized): void {
    this.bytes -= bytes;
    const left = (this.groups.get(oldestAt) ?? 0) - 1;
    if (left > 0) this.groups.set(oldestAt, left);
    else this.groups.delete(oldestAt);
  }

  /** `Infinity`: there is none. */
  oldestAt(): number {
    let oldest = Infinity;
    for (const at of this.groups.keys()) if (at < oldest) oldest = at;
    return oldest;
  }
}
