/** What can stand in one {@link Fifo} at a time. */
export interface Linked<T> {
  link: T | undefined;
}

/** A queue of things linked through themselves: no slot, node or array for each. */
export class Fifo<T extends Linked<T>> {
  private first: T | undefined;
  private last: T | undefined;

  get head(): T | undefined {
    return this.first;
  }

  push(one: T): void {
    one.link = undefined;
    if (this.last === undefined) this.first = one;
    else this.last.link = one;
    this.last = one;
  }

  shift(): T | undefined {
    const one = this.first;
    if (one === undefined) return undefined;
    this.first = one.link;
    if (this.first === undefined) this.last = undefined;
    // A dead node in old space would keep its young successors alive.
    one.link = undefined;
    return one;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let one = this.first; one !== undefined; one = one.link) yield one;
  }
}
