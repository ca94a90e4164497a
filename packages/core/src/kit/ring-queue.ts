const slotsAtFirst = 16;
/**
 * No fewer are kept: a queue that fills and empties batch by batch would otherwise keep resizing.
 */
const slotsToKeep = 4_096;

/**
 * First in, first out, in a circular array that doubles when it is full. A large one shrinks to a quarter when seven eighths are free. Both ends cost the same however long the queue is. An item may be
 * `undefined`, for a place whose item was taken out: iterating skips such places, `length` counts
 * them.
 */
export class RingQueue<T> implements Iterable<T> {
  /** Their number is a power of two. */
  private slots = emptySlots<T>(slotsAtFirst);
  private start = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** The item that {@link shift} returns next. */
  get first(): T | undefined {
    return this.slots[this.start];
  }

  get last(): T | undefined {
    return this.at(this.count - 1);
  }

  /** Returns the item at `index`, counted from the front. */
  at(index: number): T | undefined {
    return index >= 0 && index < this.count ? this.slots[this.slotOf(index)] : undefined;
  }

  /** Puts `item` in the place of the one at `index`. Throws a `RangeError` when there is none. */
  replace(index: number, item: T): void {
    if (index < 0 || index >= this.count)
      throw new RangeError(`no item ${index} in a queue of ${this.count}`);
    this.slots[this.slotOf(index)] = item;
  }

  push(item: T): void {
    if (this.count === this.slots.length) this.resize(2 * this.count);
    this.slots[this.slotOf(this.count++)] = item;
  }

  /** Puts `item` in front of all others. */
  unshift(item: T): void {
    if (this.count === this.slots.length) this.resize(2 * this.count);
    this.start = this.slotOf(-1);
    this.slots[this.start] = item;
    this.count++;
  }

  shift(): T | undefined {
    const { slots, start } = this;
    const item = slots[start];
    if (this.count === 0) return undefined;
    slots[start] = undefined;
    this.start = (start + 1) & (slots.length - 1);
    this.count--;
    if (slots.length > slotsToKeep && this.count < slots.length >> 3) this.resize(slots.length >> 2);
    return item;
  }

  /** Removes and returns all items, in order. */
  takeAll(): T[] {
    const all = [...this];
    this.slots = emptySlots(slotsAtFirst);
    this.start = this.count = 0;
    return all;
  }

  /** The queue must not change meanwhile. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; i < this.count; i++) {
      const item = this.slots[this.slotOf(i)];
      if (item !== undefined) yield item;
    }
  }

  private slotOf(index: number): number {
    return (this.start + index) & (this.slots.length - 1);
  }

  private resize(length: number): void {
    const slots = emptySlots<T>(length);
    for (let i = 0; i < this.count; i++) slots[i] = this.slots[this.slotOf(i)];
    this.slots = slots;
    this.start = 0;
  }
}

const emptySlots = <T>(length: number): (T | undefined)[] => new Array<T | undefined>(length).fill(undefined);
