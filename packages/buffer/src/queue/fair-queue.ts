import { LinkedQueue } from '@holdfast/core/internal';
import type { Delivery } from '@holdfast/core/stage';
import type { BatchBuilder } from '../batch/batch-builder.js';
import type { InFlightBatch } from '../batch/in-flight-batch.js';
import type { TopicQuotas } from '../batch/topic-quotas.js';
import { TopicDrain, turnRecords } from './topic-drain.js';
import type { TopicQueue } from './topic-queue.js';
import { TopicQueues } from './topic-queues.js';

/**
 * The waiting records, by topic and lane. Topics that have something to send, and room for it in
 * their quota, stand in a ring and take turns. Topics without room, and those of which nothing is
 * settled, are held until something is.
 */
export class FairQueue {
  private readonly topics = new TopicQueues();
  private readonly drain = new TopicDrain();
  private readonly ring = new LinkedQueue<TopicQueue>();
  private readonly held = new Set<TopicQueue>();
  private count = 0;

  constructor(private readonly quotas: TopicQuotas) {}

  /** Records waiting. */
  get length(): number {
    return this.count;
  }

  /** Whether there may be a record whose lane is open and whose topic has room. */
  get hasOpen(): boolean {
    // A topic whose waiting records were dropped or expired leaves the ring only when its turn
    // comes.
    return this.count > 0 && this.ring.first !== undefined;
  }

  /**
   * Whether there may be a record of a topic that is held: {@link takeHeld} must be called from
   * time to time.
   */
  get hasHeld(): boolean {
    return this.count > 0 && this.held.size > 0;
  }

  /** Returns the queue that the record stands in, for {@link removeFirst}. */
  push(delivery: Delivery, topicName: string): TopicQueue {
    const topic = this.topics.get(topicName);
    this.count++;
    topic.fresh.push(delivery);
    if (topic.state === 'idle') this.enterRing(topic);
    return topic;
  }

  /** Fills the batch in turns from the topics in the ring. */
  take(builder: BatchBuilder): void {
    this.drain.beginBatch();
    const now = builder.batch.sentAt;
    for (let topic = this.ring.first; topic !== undefined && !builder.isFull; topic = this.ring.first) {
      const room = this.quotas.isStalled(topic.inFlight, now) ? 0 : this.quotas.roomFor(topic.inFlight, now);
      const isAlone = topic.link === undefined;
      const taken =
        room > 0 ? this.takeTurn(topic, builder, isAlone ? room : Math.min(room, turnRecords)) : 0;
      // The record that did not fit is the first in the next batch.
      if (builder.isFull && taken === 0) return;
      this.ring.shift();
      if (!topic.hasOpen) topic.state = 'idle';
      else if (room > 0) this.enterRing(topic);
      else this.hold(topic);
    }
  }

  /**
   * Looks through the topics that are held: time alone may have made room. Those of which nothing
   * is settled fill the batch together, so that one batch from time to time finds out when that
   * ends.
   */
  takeHeld(builder: BatchBuilder): void {
    this.drain.beginBatch();
    const now = builder.batch.sentAt;
    const maxTurn = this.held.size === 1 ? Infinity : turnRecords;
    for (const topic of [...this.held]) {
      this.quotas.discountStuck(topic.inFlight, now);
      const room = this.quotas.roomFor(topic.inFlight, now);
      const isStalled = this.quotas.isStalled(topic.inFlight, now);
      if (topic.hasOpen && (room === 0 || (isStalled && builder.isFull))) continue;
      this.held.delete(topic);
      if (!topic.hasOpen) topic.state = 'idle';
      else if (!isStalled) this.enterRing(topic);
      else {
        this.takeTurn(topic, builder, Math.min(room, maxTurn));
        this.hold(topic); // behind the others
      }
    }
  }

  /** Notes that a record in flight is settled; its lane opens with the last one. */
  settle(delivery: Delivery): void {
    const topic = this.drain.settle(delivery);
    if (topic?.state === 'idle') this.enterRing(topic);
  }

  /**
   * Notes that records of `batch` are settled, so that topics have room again. Returns the bytes
   * that are free.
   */
  settleBatch(batch: InFlightBatch, settled: readonly Delivery[], now: number): number {
    this.quotas.inFlightRecords -= settled.length;
    return batch.settle(settled, now, (inFlight) => {
      this.quotas.discountStuck(inFlight, now);
      const topic = this.topics.get(inFlight.name);
      if (topic.state !== 'held' || this.quotas.isStalled(inFlight, now)) return;
      if (this.quotas.roomFor(inFlight, now) === 0) return;
      this.held.delete(topic);
      this.enterRing(topic);
    });
  }

  /**
   * Removes `delivery` if it is the first that waits in its lane, and returns whether it was. It
   * may have been sent or settled meanwhile: then it belongs to another stage, and only its absence
   * here shows that.
   */
  removeFirst(delivery: Delivery, { fresh }: TopicQueue): boolean {
    const waiting = this.drain.queueOf(delivery)?.waiting;
    const queue = waiting?.first === delivery ? waiting : fresh;
    if (queue.first !== delivery) return false;
    queue.shift();
    this.count--;
    return true;
  }

  /** Removes from each queue, and returns, what {@link LinkedQueue.removeWhere} does. */
  removeWhere(predicate: (delivery: Delivery) => boolean, inOrder: boolean): Delivery[] {
    const removed: Delivery[] = [];
    for (const queue of this.queues()) {
      for (const delivery of queue.removeWhere(predicate, inOrder)) removed.push(delivery);
    }
    this.count -= removed.length;
    return removed;
  }

  /** The `createdAt` of the oldest waiting record; `Infinity` when none waits. */
  oldestCreatedAt(): number {
    let oldest = Infinity;
    for (const { first } of this.queues()) oldest = Math.min(oldest, first?.createdAt ?? Infinity);
    return oldest;
  }

  /** All waiting records, in no particular order. */
  *[Symbol.iterator](): Iterator<Delivery> {
    for (const queue of this.queues()) yield* queue;
  }

  private *queues(): Iterable<LinkedQueue<Delivery>> {
    for (const { fresh } of this.topics) yield fresh;
    for (const { waiting } of this.drain.laneQueues()) yield waiting;
  }

  private takeTurn(topic: TopicQueue, builder: BatchBuilder, maxRecords: number): number {
    const taken = this.drain.drain(topic, builder, maxRecords);
    this.count -= taken;
    this.quotas.inFlightRecords += taken;
    return taken;
  }

  private enterRing(topic: TopicQueue): void {
    topic.state = 'ready';
    this.ring.push(topic);
  }

  private hold(topic: TopicQueue): void {
    topic.state = 'held';
    this.held.add(topic);
  }
}
