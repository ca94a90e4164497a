import type { Delivery } from '@holdfast/core/stage';
import { LaneQueue, type TopicQueue } from './topic-queue.js';

// The numbers of a lane are adjacent: with many keys each lookup is a cache miss. 16 bytes, so four
// lanes per cache line.
const fields = 4;
const inFlight = 1;
const batchId = 2;
const queued = 3;

/** In place of a lane: the cell is free. */
const free = -1;
const initialCells = 1_024;

/**
 * The lanes that have records in flight, or records that wait behind such. No two lanes share a
 * cell, so that a record that hangs holds back its own lane only. A hash table with linear probing,
 * at most half full. Its size depends on the records in flight, not on how many wait.
 */
export class LaneTable {
  private mask = initialCells - 1;
  private cells = new Int32Array(initialCells * fields).fill(free);
  private queues = new Array<LaneQueue | undefined>(initialCells).fill(undefined);
  private used = 0;

  /**
   * Returns the lane's cell if a record of it may go into the batch `id`; -1: the record must wait.
   */
  openCell(lane: number, id: number): number {
    for (let at = lane & this.mask; ; at = (at + 1) & this.mask) {
      const cell = at * fields;
      const found = this.cells[cell];
      // A lane with a queue was closed to an earlier batch and still has that one's id.
      if (found === lane) return this.cells[cell + batchId] === id ? at : -1;
      if (found === free) return this.use(at, lane, id);
    }
  }

  /** Counts one more record of the lane as in flight. */
  addInFlight(at: number): void {
    const cell = at * fields + inFlight;
    this.cells[cell] = (this.cells[cell] ?? 0) + 1;
  }

  /** Frees the cell if no record of its lane was sent after all. */
  removeUnused(at: number): void {
    if (this.cells[at * fields + inFlight] === 0) this.remove(at);
  }

  /** Adds a record for which {@link openCell} returned -1 to the queue of its lane. */
  enqueue(delivery: Delivery, topic: TopicQueue): void {
    const at = this.find(delivery.lane);
    if (at < 0) return;
    let queue = this.queues[at];
    if (queue === undefined) {
      queue = this.queues[at] = new LaneQueue(delivery.lane, topic);
      this.cells[at * fields + queued] = 1;
    }
    queue.waiting.push(delivery);
  }

  /**
   * Counts one record in flight as settled. Returns the lane's queue if it was the last and others
   * wait.
   */
  settle(lane: number): LaneQueue | undefined {
    const at = this.find(lane);
    if (at < 0) return undefined;
    const cell = at * fields;
    const left = (this.cells[cell + inFlight] ?? 0) - 1;
    if (left < 0) return undefined; // it was not in flight
    this.cells[cell + inFlight] = left;
    if (left > 0) return undefined;
    const queue = this.cells[cell + queued] === 0 ? undefined : this.queues[at];
    if (queue?.waiting.first !== undefined) return queue;
    this.remove(at);
    return undefined;
  }

  /** Counts `records` that were sent from the queue of a reopened lane as in flight. */
  addInFlightFrom({ lane, waiting }: LaneQueue, records: number): void {
    const at = this.find(lane);
    if (at < 0) return;
    const cell = at * fields;
    this.cells[cell + inFlight] = (this.cells[cell + inFlight] ?? 0) + records;
    if (waiting.first !== undefined) return;
    this.queues[at] = undefined;
    this.cells[cell + queued] = 0;
    this.removeUnused(at);
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
    this.cells[cell + inFlight] = 0;
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

  /** Moves later entries of its run of taken cells up, so that lookups need no tombstones. */
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
    cells[target + inFlight] = cells[source + inFlight] ?? 0;
    cells[target + batchId] = cells[source + batchId] ?? 0;
    cells[target + queued] = cells[source + queued] ?? 0;
  }
}
