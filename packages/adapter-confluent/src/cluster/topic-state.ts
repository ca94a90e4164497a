import { keyPartition, type Failed } from '@holdfast/core';
import type { TopicPartitions } from '@holdfast/core/adapter';
import type { SerializedRecord } from '@holdfast/core/stage';
import { noLeader, PartitionState } from './partition-state.js';

/** How long after an attempt to create a topic the next may come, ms. */
const createAgainMs = 1_000;

/** One partition in the client's metadata. */
interface PartitionMetadata {
  readonly id: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isrs: readonly number[];
}

/** What the adapter knows of a topic that records are sent to. */
export class TopicState {
  readonly partitions: PartitionState[] = [];
  view: TopicPartitions;
  /** The same, as a user's partitioner sees it for the records of one batch. */
  private viewOfBatch: TopicPartitions | undefined = undefined;
  /** Why the topic cannot be used; `undefined` also before the first answer. */
  problem: Failed | undefined = undefined;
  /** Monotonic ms of the last answer. */
  fetchedAt = -Infinity;
  /** Monotonic ms of the query that the last answer belongs to. */
  queriedAt = -Infinity;
  /** Monotonic ms from which on the metadata is too old. */
  staleAt = -Infinity;
  /** Monotonic ms at which the last record for it came. */
  usedAt = -Infinity;
  /** Monotonic ms of the last attempt to create it. */
  private createdAt = -Infinity;
  isFetching = false;
  /** The metadata has proved wrong: no record is placed by it. */
  isInvalid = false;
  /** Where the keyless records of one batch go. */
  private stickyFor: number | undefined = undefined;
  private sticky = 0;

  constructor(readonly name: string) {
    this.view = { topic: name, count: 0, available: [] };
  }

  /**
   * Does what core's `defaultPartitioner` does, without a look into a map per record: keyless
   * records of one batch stick to one partition, among those that have a leader.
   */
  choose({ key }: SerializedRecord, batch: number, random: () => number): number {
    const { count, available } = this.view;
    if (key !== null) return keyPartition(key, count);
    if (this.stickyFor !== batch) {
      this.stickyFor = batch;
      this.sticky = available[Math.floor(random() * available.length)] ?? Math.floor(random() * count);
    }
    return this.sticky;
  }

  /**
   * Returns true, and counts as an attempt, when the topic may be created now: it takes brokers a
   * moment.
   */
  tryCreate(now: number): boolean {
    if (now - this.createdAt < createAgainMs) return false;
    this.createdAt = now;
    return true;
  }

  isUnusedSince(time: number): boolean {
    return this.usedAt < time && !this.isFetching && this.partitions.every(({ isIdle }) => isIdle);
  }

  viewOf(batch: number): TopicPartitions {
    if (this.viewOfBatch?.batch !== batch) this.viewOfBatch = { ...this.view, batch };
    return this.viewOfBatch;
  }

  /** Takes new metadata. The state of a partition that is gone stays: its records have to end. */
  update(
    answer: readonly PartitionMetadata[],
    problem: Failed | undefined,
    queriedAt: number,
    answeredAt: number,
  ): void {
    const count = answer.reduce((most, { id }) => Math.max(most, id + 1), 0);
    for (let i = this.partitions.length; i < count; i++)
      this.partitions.push(new PartitionState(this.name, i));
    for (const { id, leader, replicas, isrs } of answer) {
      const partition = this.partitions[id];
      if (partition === undefined) continue;
      partition.leader = leader;
      partition.replicas = replicas.length;
      partition.inSync = isrs.length;
      partition.seenAt = answeredAt;
    }
    const available = answer.filter(({ leader }) => leader !== noLeader).map(({ id }) => id);
    this.view = { topic: this.name, count, available: available.sort((a, b) => a - b) };
    this.viewOfBatch = undefined;
    this.problem = problem;
    this.queriedAt = queriedAt;
    this.fetchedAt = answeredAt;
  }
}
