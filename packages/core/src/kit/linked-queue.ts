/** A node can stand in one {@link LinkedQueue} at a time. */
export interface QueueNode<T> {
  link: T | undefined;
}

/**
 * First in, first out, linked through the nodes themselves: no slot, wrapper or array per node.
 *
 * Its nodes should be of at most four classes in one process: with more, V8 looks up `link` in a
 * hash table, which takes several times as long.
 */
export class LinkedQueue<T extends QueueNode<T>> implements Iterable<T> {
  private head: T | undefined;
  private tail: T | undefined;

  get first(): T | undefined {
    return this.head;
  }

  push(node: T): void {
    node.link = undefined;
    if (this.tail === undefined) this.head = node;
    else this.tail.link = node;
    this.tail = node;
  }

  shift(): T | undefined {
    const node = this.head;
    if (node === undefined) return undefined;
    this.head = node.link;
    if (this.head === undefined) this.tail = undefined;
    // A dead node in old space would keep its young successors alive.
    node.link = undefined;
    return node;
  }

  /**
   * Removes and returns the nodes of which `predicate` is true; `inOrder`: it is true of none behind
   * one that stays. The predicate must not change the queue.
   */
  removeWhere(predicate: (node: T) => boolean, inOrder: boolean): T[] {
    const removed: T[] = [];
    let last: T | undefined;
    for (let node = this.head; node !== undefined; ) {
      const next = node.link;
      if (predicate(node)) {
        if (last === undefined) this.head = next;
        else last.link = next;
        node.link = undefined;
        removed.push(node);
      } else if (inOrder) return removed;
      else last = node;
      node = next;
    }
    this.tail = last;
    return removed;
  }

  /** The queue must not change meanwhile, except by `push`. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let node = this.head; node !== undefined; node = node.link) yield node;
  }
}
