import { LinkedQueue } from '@holdfast/core/internal';
import { noLane, type Delivery } from '@holdfast/core/stage';
import type { Batch } from './batch.js';
import type { Draft } from './draft.js';
import { LaneTable } from './lane-table.js';
import type { Shares } from './shares.js';
import type { LaneQueue, Topic } from './topic.js';
import { Topics } from './topics.js';

/** Records that one topic puts into a batch before it is another's turn, and its new ones before those of lanes that opened. */
const turnRecords = 100;

/**
 * The waiting records, by topic and lane. A lane with records below is closed: its later ones wait until the last of those
 * below has come up. Topics that have something to hand down, and room for it below, stand in a ring and take turns.
 */
export class Lanes {
  private readonly topics = new Topics();
  private readonly table = new LaneTable();
  private readonly ring = new LinkedQueue<Topic>();
  private readonly held = new Set<Topic>();
  private count = 0;
  private batchId = 0;

  constructor(private readonly shares: Shares) {}

  /** Records waiting. */
  get length(): number {
    return this.count;
  }

  /** There may be a record whose lane is open and whose topic has room. */
  get hasOpen(): boolean {
    // A topic whose waiting records were dropped or expired leaves the ring only when its turn comes.
    return this.count > 0 && this.ring.first !== undefined;
  }

  /** There may be one of a topic that is held: {@link takeHeld} has to be called now and then. */
  get hasHeld(): boolean {
    return this.count > 0 && this.held.size > 0;
  }

  /** Returns the topic that the record stands in, for {@link removeHead}. */
  push(delivery: Delivery, topicName: string): Topic {
    const topic = this.topics.get(topicName);
    this.count++;
    topic.fresh.push(delivery);
    if (topic.place === 'idle') this.enterRing(topic);
    return topic;
  }

  /**
   * Fills the draft with records of open lanes, each lane's in their order, and closes those lanes. Topics without room, and
   * those of which nothing comes up, leave the ring until something does.
   */
  take(draft: Draft): void {
    this.beginBatch();
    const { at } = draft.batch;
    for (let topic = this.ring.first; topic !== undefined && !draft.full; topic = this.ring.first) {
      const room = this.shares.isStalled(topic, at) ? 0 : this.shares.roomOf(topic, at);
      const alone = topic.link === undefined;
      const taken = room > 0 ? this.takeTurn(topic, draft, alone ? room : Math.min(room, turnRecords)) : 0;
      if (draft.full && taken === 0) return; // what did not fit at all is the first in the next batch
      this.ring.shift();
      if (!topic.hasOpen) topic.place = 'idle';
      else if (room > 0) this.enterRing(topic);
      else this.hold(topic);
    }
  }

  /**
   * Looks after the topics that are held: time alone may have made room. Those of which nothing comes up fill the draft
   * together: a batch now and then finds out when that ends.
   */
  takeHeld(draft: Draft): void {
    this.beginBatch();
    const { at } = draft.batch;
    const most = this.held.size === 1 ? Infinity : turnRecords;
    for (const topic of [...this.held]) {
      this.shares.review(topic, at);
      const room = this.shares.roomOf(topic, at);
      const stalled = this.shares.isStalled(topic, at);
      if (topic.hasOpen && (room === 0 || (stalled && draft.full))) continue;
      this.held.delete(topic);
      if (!topic.hasOpen) topic.place = 'idle';
      else if (!stalled) this.enterRing(topic);
      else {
        this.takeTurn(topic, draft, Math.min(room, most));
        this.hold(topic); // behind the others
      }
    }
  }

  /** A record that was taken has come up; its lane opens with the last one. */
  settled({ lane }: Delivery): void {
    const queue = lane === noLane ? undefined : this.table.cameUp(lane);
    if (queue === undefined) return;
    queue.topic.ready.push(queue);
    if (queue.topic.place === 'idle') this.enterRing(queue.topic);
  }

  /** What went down with `batch` has come up, and was told to {@link settled}: topics have room again. */
  cameUp(batch: Batch, settled: readonly Delivery[], now: number): number {
    this.shares.below -= settled.length;
    return batch.cameUp(settled, now, (topic) => {
      this.shares.review(topic, now);
      if (topic.place !== 'held' || this.shares.isStalled(topic, now)) return;
      if (this.shares.roomOf(topic, now) === 0) return;
      this.held.delete(topic);
      this.enterRing(topic);
    });
  }

  /**
   * Takes `delivery` out when it is the first one waiting in its lane. It may have gone down, or up: then it is somebody
   * else's, and only its place says so.
   */
  removeHead(delivery: Delivery, { fresh }: Topic): boolean {
    const waiting = delivery.lane === noLane ? undefined : this.table.queueOf(delivery.lane)?.waiting;
    const queue = waiting?.first === delivery ? waiting : fresh;
    if (queue.first !== delivery) return false;
    queue.shift();
    this.count--;
    return true;
  }

  /** Calls `visit` with the first waiting record of every queue, again while it removes that one: the oldest are among them. */
  forEachHead(visit: (head: Delivery) => boolean): void {
    for (const queue of this.queues()) {
      for (let head = queue.first; head !== undefined && visit(head); head = queue.first) {
        queue.shift();
        this.count--;
      }
    }
  }

  /** When the oldest waiting record was sent, as `createdAt`; `Infinity` when none waits. */
  oldest(): number {
    let oldest = Infinity;
    for (const { first } of this.queues()) oldest = Math.min(oldest, first?.createdAt ?? Infinity);
    return oldest;
  }

  /** Every waiting record, in no order that means anything. */
  *[Symbol.iterator](): Iterator<Delivery> {
    for (const queue of this.queues()) yield* queue;
  }

  private *queues(): Iterable<LinkedQueue<Delivery>> {
    for (const { fresh } of this.topics) yield fresh;
    for (const { waiting } of this.table) yield waiting;
  }

  private beginBatch(): void {
    this.batchId = (this.batchId % 0x7fff_ffff) + 1;
  }

  private enterRing(topic: Topic): void {
    topic.place = 'ring';
    this.ring.push(topic);
  }

  private hold(topic: Topic): void {
    topic.place = 'held';
    this.held.add(topic);
  }

  private takeTurn(topic: Topic, draft: Draft, most: number): number {
    const before = draft.length;
    const end = before + most;
    while (!draft.full && draft.length < end && topic.hasOpen) {
      const lane = topic.takeReadyNext ? topic.ready.first : undefined;
      topic.takeReadyNext = lane === undefined;
      if (lane === undefined) this.takeFresh(topic, draft, end);
      else this.takeReady(topic, lane, draft, end);
    }
    const taken = draft.length - before;
    if (taken > 0) {
      this.count -= taken;
      this.shares.below += taken;
      draft.batch.add(topic, taken);
    }
    return taken;
  }

  private takeFresh(topic: Topic, draft: Draft, end: number): void {
    const { fresh } = topic;
    const until = topic.ready.first === undefined ? end : Math.min(end, draft.length + turnRecords);
    for (let head = fresh.first; head !== undefined && draft.length < until; head = fresh.first) {
      const { lane } = head;
      const cell = lane === noLane ? undefined : this.table.openCell(lane, this.batchId);
      if (cell === -1) {
        fresh.shift();
        this.table.wait(head, topic);
        draft.moveOn();
      } else if (draft.accepts(head)) {
        fresh.shift();
        if (cell !== undefined) this.table.goDown(cell);
      } else if (cell !== undefined) this.table.forgetUnused(cell);
      if (draft.full) return;
    }
  }

  private takeReady(topic: Topic, queue: LaneQueue, draft: Draft, end: number): void {
    const { waiting } = queue;
    const before = draft.length;
    for (let head = waiting.first; head !== undefined && draft.length < end; head = waiting.first) {
      if (!draft.accepts(head)) break;
      waiting.shift();
    }
    const taken = draft.length - before;
    // One that did not fit at all is the first in the next batch.
    if (taken === 0 && draft.full) {
      topic.takeReadyNext = true;
      return;
    }
    topic.ready.shift();
    this.table.tookReady(queue, taken);
  }
}
