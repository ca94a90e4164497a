/** A callback that waits for its time. */
export interface Waiting {
  /** Monotonic ms. */
  readonly at: number;
  /** Of two with the same time the one that was asked for first runs first. */
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** A binary heap, the earliest on top. */
export class TimerHeap {
  private readonly items: Waiting[] = [];

  push(item: Waiting): void {
    let at = this.items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfEarlier(at, parent)) return;
      at = parent;
    }
  }

  /** The earliest that is not cancelled. */
  peek(): Waiting | undefined {
    while (this.items[0]?.cancelled) this.removeTop();
    return this.items[0];
  }

  pop(): Waiting | undefined {
    const top = this.peek();
    if (top !== undefined) this.removeTop();
    return top;
  }

  private removeTop(): void {
    const last = this.items.pop();
    if (last === undefined || this.items.length === 0) return;
    this.items[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.swapIfEarlier(child, at)) return;
      at = child;
    }
  }

  private isEarlier(one: number, other: number): boolean {
    const a = this.items[one];
    const b = this.items[other];
    if (a === undefined || b === undefined) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private swapIfEarlier(one: number, other: number): boolean {
    const a = this.items[one];
    const b = this.items[other];
    if (a === undefined || b === undefined || !this.isEarlier(one, other)) return false;
    this.items[one] = b;
    this.items[other] = a;
    return true;
  }
}
