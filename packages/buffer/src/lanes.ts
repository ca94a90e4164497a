import { noLane, type Delivery } from '@holdfast/core';

/** Lanes share this many queues; two in one queue only wait for each other. */
const tableSize = 2 ** 16;

/**
 * The waiting records, by lane. A lane with records below is closed: its waiting ones stay until the last of those below is
 * settled. Open lanes that have records stand in a ring, so that finding the next batch never looks at a closed one.
 */
export class Lanes {
  private readonly heads = new Array<Delivery | undefined>(tableSize).fill(undefined);
  private readonly tails = new Array<Delivery | undefined>(tableSize).fill(undefined);
  private readonly below = new Int32Array(tableSize);
  private readonly ring = new Int32Array(tableSize);
  private readonly inRing = new Uint8Array(tableSize);
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
    const tail = this.tails[lane];
    if (tail === undefined) this.heads[lane] = delivery;
    else tail.link = delivery;
    this.tails[lane] = delivery;
    this.enterRing(lane);
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
    const left = (this.below[lane] ?? 0) - 1;
    this.below[lane] = left;
    if (left === 0) this.enterRing(lane);
  }

  /** Takes `delivery` out when it is the first one waiting in its lane. */
  removeHead(delivery: Delivery): boolean {
    if (delivery.lane === noLane) {
      if (this.freeHead !== delivery) return false;
      this.shiftFree();
      return true;
    }
    const lane = slot(delivery);
    if (this.heads[lane] !== delivery) return false;
    this.shiftLane(lane);
    return true;
  }

  /** Calls `visit` with the first waiting record of every lane, again while it removes that one. */
  forEachHead(visit: (head: Delivery) => boolean): void {
    while (this.freeHead !== undefined && visit(this.freeHead)) this.shiftFree();
    for (let lane = 0; lane < tableSize; lane++) {
      for (let head = this.heads[lane]; head !== undefined && visit(head); head = this.heads[lane]) {
        this.shiftLane(lane);
      }
    }
  }

  /** Every waiting record, in no order that means anything. */
  *[Symbol.iterator](): Iterator<Delivery> {
    for (let one = this.freeHead; one !== undefined; one = one.link) yield one;
    for (const head of this.heads) for (let one = head; one !== undefined; one = one.link) yield one;
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
    for (let head = this.heads[lane]; head !== undefined; head = this.heads[lane]) {
      full = !fits(head);
      if (full) break;
      this.shiftLane(lane);
      batch.push(head);
    }
    const taken = batch.length - before;
    this.below[lane] = (this.below[lane] ?? 0) + taken;
    if (taken > 0 || !full) this.leaveRing(lane);
    return full;
  }

  private enterRing(lane: number): void {
    if (this.inRing[lane] === 1 || this.below[lane] !== 0 || this.heads[lane] === undefined) return;
    this.inRing[lane] = 1;
    this.ring[(this.ringStart + this.ringLength++) & (tableSize - 1)] = lane;
  }

  private leaveRing(lane: number): void {
    this.inRing[lane] = 0;
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
    const head = this.heads[lane];
    if (head === undefined) return;
    this.heads[lane] = head.link;
    if (head.link === undefined) this.tails[lane] = undefined;
    this.removed(head);
  }

  private removed(delivery: Delivery): void {
    // A dead node in old space would keep its young successors alive.
    delivery.link = undefined;
    this.count--;
  }
}

const slot = (delivery: Delivery): number => delivery.lane & (tableSize - 1);
