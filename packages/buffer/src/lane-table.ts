import type { Delivery } from '@holdfast/core/stage';
import { LaneQueue, type Topic } from './topic.js';

// One lane's numbers stand together: with many keys every look is a cache miss. 16 bytes, four to a cache line.
const fields = 4;
const below = 1;
const batchId = 2;
const queued = 3;

/** No lane: a cell that is free. */
const free = -1;
const smallest = 1_024;

/**
 * The lanes that have records below, or records that wait behind such: no two share a cell, so that what hangs holds back its
 * own lane only. A hash table with linear probing, at most half full. What it takes depends on the records below, and not on
 * how many wait.
 */
export class LaneTable {
  private mask = smallest - 1;
  private cells = new Int32Array(smallest * fields).fill(free);
  private queues = new Array<LaneQueue | undefined>(smallest).fill(undefined);
  private used = 0;

  /** The lane's cell, when a record of it may go down with the batch `id`; -1: it has to wait. */
  openCell(lane: number, id: number): number {
    for (let at = lane & this.mask; ; at = (at + 1) & this.mask) {
      const cell = at * fields;
      const found = this.cells[cell];
      // One that has a queue was closed to an earlier batch, and has its id still.
      if (found === lane) return this.cells[cell + batchId] === id ? at : -1;
      if (found === free) return this.use(at, lane, id);
    }
  }

  /** One more of the lane goes down. */
  goDown(at: number): void {
    const cell = at * fields + below;
    this.cells[cell] = (this.cells[cell] ?? 0) + 1;
  }

  /** Nothing of the lane went down after all. */
  forgetUnused(at: number): void {
    if (this.cells[at * fields + below] === 0) this.remove(at);
  }

  /** Of a lane for which {@link openCell} said that it has to wait. */
  wait(delivery: Delivery, topic: Topic): void {
    const at = this.find(delivery.lane);
    if (at < 0) return;
    let queue = this.queues[at];
    if (queue === undefined) {
      queue = this.queues[at] = new LaneQueue(delivery.lane, topic);
      this.cells[at * fields + queued] = 1;
    }
    queue.waiting.push(delivery);
  }

  /** One that went down has come up. Answers with those of its lane that may go now, if it was the last. */
  cameUp(lane: number): LaneQueue | undefined {
    const at = this.find(lane);
    if (at < 0) return undefined;
    const cell = at * fields;
    const left = (this.cells[cell + below] ?? 0) - 1;
    if (left < 0) return undefined; // not one of those that went down
    this.cells[cell + below] = left;
    if (left > 0) return undefined;
    const queue = this.cells[cell + queued] === 0 ? undefined : this.queues[at];
    if (queue?.waiting.first !== undefined) return queue;
    this.remove(at);
    return undefined;
  }

  /** `records` of a queue that could go have gone down. */
  tookReady({ lane, waiting }: LaneQueue, records: number): void {
    const at = this.find(lane);
    if (at < 0) return;
    const cell = at * fields;
    this.cells[cell + below] = (this.cells[cell + below] ?? 0) + records;
    if (waiting.first !== undefined) return;
    this.queues[at] = undefined;
    this.cells[cell + queued] = 0;
    this.forgetUnused(at);
  }

  queueOf(lane: number): LaneQueue | undefined {
    const at = this.find(lane);
    return at < 0 ? undefined : this.queues[at];
  }

  *[Symbol.iterator](): Iterator<LaneQueue> {
    for (const queue of this.queues) if (queue !== undefined) yield queue;
  }

  private find(lane: number): number {
    for (let at = lane & this.mask; ; at = (at + 1) & this.mask) {
      const found = this.cells[at * fields];
      if (found === lane) return at;
      if (found === free) return -1;
    }
  }

  private use(at: number, lane: number, id: number): number {
    if (2 * ++this.used > this.mask) {
      this.grow();
      at = this.freeCellFor(lane);
    }
    const cell = at * fields;
    this.cells[cell] = lane;
    this.cells[cell + below] = 0;
    this.cells[cell + batchId] = id;
    this.cells[cell + queued] = 0;
    return at;
  }

  private freeCellFor(lane: number): number {
    let at = lane & this.mask;
    while (this.cells[at * fields] !== free) at = (at + 1) & this.mask;
    return at;
  }

  private grow(): void {
    const { cells, queues } = this;
    this.mask = 2 * this.mask + 1;
    this.cells = new Int32Array((this.mask + 1) * fields).fill(free);
    this.queues = new Array<LaneQueue | undefined>(this.mask + 1).fill(undefined);
    for (let cell = 0; cell < cells.length; cell += fields) {
      const lane = cells[cell] ?? free;
      if (lane === free) continue;
      const at = this.freeCellFor(lane);
      this.cells.set(cells.subarray(cell, cell + fields), at * fields);
      this.queues[at] = queues[cell / fields];
    }
  }

  /** Those behind it in its row of taken cells move up, so that they are found without marks for the removed. */
  private remove(at: number): void {
    this.used--;
    let hole = at;
    for (let next = (at + 1) & this.mask; ; next = (next + 1) & this.mask) {
      const lane = this.cells[next * fields] ?? free;
      if (lane === free) break;
      const fromHome = (next - lane) & this.mask;
      if (fromHome < ((next - hole) & this.mask)) continue;
      this.move(next, hole);
      hole = next;
    }
    this.cells[hole * fields] = free;
    if (this.cells[hole * fields + queued] !== 0) this.queues[hole] = undefined;
  }

  private move(from: number, to: number): void {
    const { cells } = this;
    const source = from * fields;
    const target = to * fields;
    if (cells[source + queued] !== 0 || cells[target + queued] !== 0) this.queues[to] = this.queues[from];
    cells[target] = cells[source] ?? free;
    cells[target + below] = cells[source + below] ?? 0;
    cells[target + batchId] = cells[source + batchId] ?? 0;
    cells[target + queued] = cells[source + queued] ?? 0;
  }
}
