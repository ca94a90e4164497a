import { noLane, type Delivery } from '@holdfast/core';

/** Lanes share this many queues; two in one queue only wait for each other. */
const tableSize = 2 ** 16;

/**
 * The waiting records, by lane. A lane with records below is closed: its waiting ones stay until the last of those below is
 * settled. Open lanes that have records stand in a ring, so that finding the next batch never looks at a closed one.
 */
export class Lanes {
  // What is looked at together stands together: with many keys every look is a cache miss.
  /** The first and the last record waiting in each lane, in turn. */
  private readonly ends = new Array<Delivery | undefined>(2 * tableSize).fill(undefined);
  /** For each lane twice the number of its records below, plus 1 when it stands in the ring. */
  private readonly states = new Int32Array(tableSize);
  private readonly ring = new Int32Array(tableSize);
  private ringStart = 0;
  private ringLength = 0;
  private freeHead: Delivery | undefined;
  private freeTail: Delivery | undefined;
  private count = 0;
  private takeFreeNext = true;

  /** Records waiting. */
  get length(): number {
    return this.count;
  }

  /** There is a record whose lane is open. */
  get hasOpen(): boolean {
    // A lane whose waiting records were dropped or expired leaves the ring only when its turn comes.
    return this.count > 0 && (this.freeHead !== undefined || this.ringLength > 0);
  }

  push(delivery: Delivery): void {
    this.count++;
    delivery.link = undefined;
    if (delivery.lane === noLane) {
      if (this.freeTail === undefined) this.freeHead = delivery;
      else this.freeTail.link = delivery;
      this.freeTail = delivery;
      return;
    }
    const lane = slot(delivery);
    const tail = this.ends[2 * lane + 1];
    this.ends[2 * lane + 1] = delivery;
    if (tail !== undefined) {
      tail.link = delivery;
      return; // it stands in the ring, or is closed
    }
    this.ends[2 * lane] = delivery;
    if (this.states[lane] === 0) this.enterRing(lane);
  }

  /**
   * Takes records of open lanes while `fits` says yes, in the order of their lanes, and closes those lanes. Records without a
   * lane take turns with the lanes, so that neither starves.
   */
  take(fits: (delivery: Delivery) => boolean): Delivery[] {
    const batch: Delivery[] = [];
    let full = false;
    while (!full && this.hasOpen) {
      this.takeFreeNext = this.freeHead !== undefined && (this.takeFreeNext || this.ringLength === 0);
      if (this.takeFreeNext) full = this.takeFree(batch, fits);
      else full = this.takeLane(batch, fits);
      this.takeFreeNext = !this.takeFreeNext;
    }
    return batch;
  }

  /** A record that was taken is settled; its lane opens with the last one. */
  settled(delivery: Delivery): void {
    if (delivery.lane === noLane) return;
    const lane = slot(delivery);
    const state = (this.states[lane] ?? 0) - 2;
    this.states[lane] = state;
    if (state === 0 && this.ends[2 * lane] !== undefined) this.enterRing(lane);
  }

  /** Takes `delivery` out when it is the first one waiting in its lane. */
  removeHead(delivery: Delivery): boolean {
    if (delivery.lane === noLane) {
      if (this.freeHead !== delivery) return false;
      this.shiftFree();
      return true;
    }
    const lane = slot(delivery);
    if (this.ends[2 * lane] !== delivery) return false;
    this.shiftLane(lane);
    return true;
  }

  /** Calls `visit` with the first waiting record of every lane, again while it removes that one. */
  forEachHead(visit: (head: Delivery) => boolean): void {
    while (this.freeHead !== undefined && visit(this.freeHead)) this.shiftFree();
    for (let lane = 0; lane < tableSize; lane++) {
      for (let head = this.ends[2 * lane]; head !== undefined && visit(head); head = this.ends[2 * lane]) {
        this.shiftLane(lane);
      }
    }
  }

  /** Every waiting record, in no order that means anything. */
  *[Symbol.iterator](): Iterator<Delivery> {
    for (let one = this.freeHead; one !== undefined; one = one.link) yield one;
    for (let lane = 0; lane < tableSize; lane++) {
      for (let one = this.ends[2 * lane]; one !== undefined; one = one.link) yield one;
    }
  }

  private takeFree(batch: Delivery[], fits: (delivery: Delivery) => boolean): boolean {
    // A share of a batch at a time, when lanes wait too.
    for (let left = this.ringLength === 0 ? Infinity : 100; left > 0; left--) {
      const head = this.freeHead;
      if (head === undefined) return false;
      if (!fits(head)) return true;
      this.shiftFree();
      batch.push(head);
    }
    return false;
  }

  private takeLane(batch: Delivery[], fits: (delivery: Delivery) => boolean): boolean {
    const lane = this.ring[this.ringStart] ?? 0;
    const before = batch.length;
    let full = false;
    for (let head = this.ends[2 * lane]; head !== undefined; head = this.ends[2 * lane]) {
      full = !fits(head);
      if (full) break;
      this.shiftLane(lane);
      batch.push(head);
    }
    const taken = batch.length - before;
    this.states[lane] = (this.states[lane] ?? 0) + 2 * taken;
    if (taken > 0 || !full) this.leaveRing(lane);
    return full;
  }

  private enterRing(lane: number): void {
    this.states[lane] = 1;
    this.ring[(this.ringStart + this.ringLength++) & (tableSize - 1)] = lane;
  }

  private leaveRing(lane: number): void {
    this.states[lane] = (this.states[lane] ?? 0) - 1;
    this.ringStart = (this.ringStart + 1) & (tableSize - 1);
    this.ringLength--;
  }

  private shiftFree(): void {
    const head = this.freeHead;
    if (head === undefined) return;
    this.freeHead = head.link;
    if (this.freeHead === undefined) this.freeTail = undefined;
    this.removed(head);
  }

  private shiftLane(lane: number): void {
    const head = this.ends[2 * lane];
    if (head === undefined) return;
    this.ends[2 * lane] = head.link;
    if (head.link === undefined) this.ends[2 * lane + 1] = undefined;
    this.removed(head);
  }

  private removed(delivery: Delivery): void {
    // A dead node in old space would keep its young successors alive.
    delivery.link = undefined;
    this.count--;
  }
}

const slot = (delivery: Delivery): number => delivery.lane & (tableSize - 1);
