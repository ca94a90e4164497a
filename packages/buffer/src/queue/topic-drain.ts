import { noLane, type Delivery } from '@holdfast/core/stage';
import type { BatchBuilder } from '../batch/batch-builder.js';
import { LaneTable } from './lane-table.js';
import type { LaneQueue, TopicQueue } from './topic-queue.js';

/**
 * Records that one topic puts into a batch before another's turn; and its fresh ones before those
 * of reopened lanes.
 */
export const turnRecords = 100;

/**
 * Moves records of open lanes from a topic's queue into a batch, each lane's in their order, and
 * closes those lanes. A lane with records in flight is closed: its later records wait until the
 * last of those in flight is settled.
 */
export class TopicDrain {
  private readonly lanes = new LaneTable();
  private batchId = 0;

  /** A lane stays open to the records of one batch. */
  beginBatch(): void {
    this.batchId = (this.batchId % 0x7fff_ffff) + 1;
  }

  /** Adds up to `maxRecords` of the topic to the batch and returns how many it added. */
  drain(topic: TopicQueue, builder: BatchBuilder, maxRecords: number): number {
    const before = builder.length;
    const end = before + maxRecords;
    while (!builder.isFull && builder.length < end && topic.hasOpen) {
      const lane = topic.takeReopenedNext ? topic.reopened.first : undefined;
      topic.takeReopenedNext = lane === undefined;
      if (lane === undefined) this.drainFresh(topic, builder, end);
      else this.drainReopened(topic, lane, builder, end);
    }
    const added = builder.length - before;
    if (added > 0) builder.batch.add(topic.inFlight, added);
    return added;
  }

  /**
   * Notes that a record in flight is settled. Returns its topic if that reopened a lane with
   * waiting records.
   */
  settle({ lane }: Delivery): TopicQueue | undefined {
    const queue = lane === noLane ? undefined : this.lanes.settle(lane);
    queue?.topic.reopened.push(queue);
    return queue?.topic;
  }

  queueOf({ lane }: Delivery): LaneQueue | undefined {
    return lane === noLane ? undefined : this.lanes.queueOf(lane);
  }

  /** The queues of lanes that have, or had, waiting records. */
  laneQueues(): Iterable<LaneQueue> {
    return this.lanes;
  }

  private drainFresh(topic: TopicQueue, builder: BatchBuilder, end: number): void {
    const { fresh } = topic;
    const until = topic.reopened.first === undefined ? end : Math.min(end, builder.length + turnRecords);
    for (let head = fresh.first; head !== undefined && builder.length < until; head = fresh.first) {
      const { lane } = head;
      const cell = lane === noLane ? undefined : this.lanes.openCell(lane, this.batchId);
      if (cell === -1) {
        fresh.shift();
        this.lanes.enqueue(head, topic);
        builder.passOver();
      } else if (builder.tryAdd(head)) {
        fresh.shift();
        if (cell !== undefined) this.lanes.addInFlight(cell);
      } else if (cell !== undefined) this.lanes.removeUnused(cell);
      if (builder.isFull) return;
    }
  }

  private drainReopened(topic: TopicQueue, queue: LaneQueue, builder: BatchBuilder, end: number): void {
    const { waiting } = queue;
    const before = builder.length;
    for (let head = waiting.first; head !== undefined && builder.length < end; head = waiting.first) {
      if (!builder.tryAdd(head)) break;
      waiting.shift();
    }
    const added = builder.length - before;
    // The record that did not fit is the first in the next batch.
    if (added === 0 && builder.isFull) {
      topic.takeReopenedNext = true;
      return;
    }
    topic.reopened.shift();
    this.lanes.addInFlightFrom(queue, added);
  }
}
