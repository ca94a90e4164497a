/** What was isolated by hand, for all producers that share a breaker, and for circuits that are yet to come. */
export class Isolation {
  isAll = false;
  /** Departs from `isAll`. */
  private readonly single = new Map<string, boolean>();

  has(name: string): boolean {
    return this.single.get(name) ?? this.isAll;
  }

  /** `undefined`: every circuit. */
  set(name: string | undefined, isolated: boolean): void {
    if (name === undefined) {
      this.isAll = isolated;
      this.single.clear();
    } else if (isolated === this.isAll) this.single.delete(name);
    else this.single.set(name, isolated);
  }
}
