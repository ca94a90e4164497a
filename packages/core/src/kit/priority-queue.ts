/**
 * Returns items in ascending order of their keys, first in first out among equal keys: a binary
 * heap. Keys are kept in an array of their own, so that comparing them touches no item.
 */
export class PriorityQueue<T> {
  private readonly items: T[] = [];
  private readonly keys: number[] = [];
  /** Counts pushes: orders equal keys. */
  private readonly orders: number[] = [];
  private pushed = 0;

  get length(): number {
    return this.items.length;
  }

  /** The item that {@link shift} returns next. */
  get first(): T | undefined {
    return this.items[0];
  }

  push(key: number, item: T): void {
    const { items, keys, orders } = this;
    const order = this.pushed++;
    let at = items.length;
    items.push(item);
    keys.push(key);
    orders.push(order);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // An equal one was pushed earlier.
      if ((keys[parent] ?? -Infinity) <= key) break;
      this.move(parent, at);
      at = parent;
    }
    items[at] = item;
    keys[at] = key;
    orders[at] = order;
  }

  shift(): T | undefined {
    const { items, keys, orders } = this;
    const first = items[0];
    const item = items.pop();
    const key = keys.pop();
    const order = orders.pop();
    if (item === undefined || key === undefined || order === undefined || items.length === 0) return first;
    const at = this.sink(key, order);
    items[at] = item;
    keys[at] = key;
    orders[at] = order;
    return first;
  }

  /** Removes and returns all items, in no particular order. */
  takeAll(): T[] {
    this.keys.length = this.orders.length = 0;
    return this.items.splice(0);
  }

  /**
   * Makes room for a key that sinks from the top: moves up what comes before it. Returns its place.
   */
  private sink(key: number, order: number): number {
    const { keys, orders } = this;
    const { length } = keys;
    for (let at = 0; ; ) {
      let child = 2 * at + 1;
      if (child >= length) return at;
      if (child + 1 < length && this.isBefore(child + 1, keys[child] ?? 0, orders[child] ?? 0)) child++;
      if (!this.isBefore(child, key, order)) return at;
      this.move(child, at);
      at = child;
    }
  }

  private isBefore(at: number, key: number, order: number): boolean {
    const own = this.keys[at] ?? Infinity;
    return own < key || (own === key && (this.orders[at] ?? 0) < order);
  }

  private move(from: number, to: number): void {
    const { items, keys, orders } = this;
    const item = items[from];
    if (item === undefined) return;
    items[to] = item;
    keys[to] = keys[from] ?? 0;
    orders[to] = orders[from] ?? 0;
  }
}
