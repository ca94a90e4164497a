/**
 * Collects problems. The same problem of many records is listed once, with the first record and a
 * count.
 */
export class Problems {
  private readonly kinds = new Map<string, { readonly first: string | undefined; count: number }>();

  constructor(private readonly name: string) {}

  add(what: string, about?: string): void {
    const known = this.kinds.get(what);
    if (known === undefined) this.kinds.set(what, { first: about, count: 1 });
    else known.count++;
  }

  list(): string[] {
    return [...this.kinds].map(([what, { first, count }]) => {
      const more = count === 1 ? '' : ` (and ${count - 1} more like it)`;
      return `'${this.name}' ${what}${first === undefined ? '' : `: ${first}`}${more}`;
    });
  }

  get none(): boolean {
    return this.kinds.size === 0;
  }
}
