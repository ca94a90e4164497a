/**
 * Which circuits were isolated by hand, for all producers that share a breaker, and for circuits
 * that do not exist yet.
 */
export class Isolation {
  isAll = false;
  /** Circuits that differ from `isAll`. */
  private readonly exceptions = new Map<string, boolean>();

  has(name: string): boolean {
    return this.exceptions.get(name) ?? this.isAll;
  }

  /** Isolates a circuit or ends its isolation; `undefined`: of all circuits. */
  set(name: string | undefined, isolated: boolean): void {
    if (name === undefined) {
      this.isAll = isolated;
      this.exceptions.clear();
    } else if (isolated === this.isAll) this.exceptions.delete(name);
    else this.exceptions.set(name, isolated);
  }
}
