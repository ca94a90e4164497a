import { keyPartition, type Failed } from '@holdfast/core';
import type { TopicPartitions } from '@holdfast/core/adapter';
import type { SerializedRecord } from '@holdfast/core/stage';
import type { Suspects } from '../send/bisection.js';
import type { Ticket } from '../send/in-flight-record.js';

export const noLeader = -1;
/** Brokers that were asked to create a topic are not asked again before, ms. */
const makeAgainMs = 1_000;

/** What the adapter keeps of one partition. */
export class PartitionState {
  leader = noLeader;
  replicas = 0;
  inSync = 0;
  /**
   * Monotonic ms of the last answer with it, and of the last word of a broker about a record of it.
   */
  seenAt = -Infinity;
  heardAt = -Infinity;
  /** Any number of records may be with the client; the fields below are for when not, see `PartitionGate`. */
  free = false;
  /** The session that has had a record confirmed here. */
  confirmedBy = 0;
  /** Bytes that may be with the client at once. */
  limitBytes = Infinity;
  /** Records with the client, with their bytes, and the sum of these. */
  readonly sizes = new Map<Ticket, number>();
  bytes = 0;
  /** The one that is with the client alone, from its beginning until another joins it. */
  solo: Ticket | undefined = undefined;
  /** Those that wait for their turn. */
  held: Ticket[] = [];
  releasing = false;
  /** Those that were refused only for the company they were in. */
  returned: Ticket[] = [];
  /** Bytes of those among them that were too many together. */
  returnedBytes = 0;
  /** Set while the culprit is looked for that had others refused with it. */
  suspects: Suspects | undefined = undefined;
  /** Records that the client still has after their time was over: whatever came now would wait behind them. */
  late = 0;

  constructor(
    readonly topic: string,
    readonly index: number,
  ) {}

  /** Nothing is known here that another state of the partition would not have. */
  get isIdle(): boolean {
    const { sizes, held, returned, suspects, late } = this;
    return sizes.size + held.length + returned.length + late === 0 && suspects === undefined;
  }

  /** The client that all this is about is gone. */
  reset(): void {
    this.free = false;
    this.confirmedBy = 0;
    this.sizes.clear();
    this.bytes = this.late = 0;
    this.solo = undefined;
    this.held = [];
    this.releasing = false;
    this.returned = [];
    this.returnedBytes = 0;
    this.suspects = undefined;
  }
}

/** One partition, as the client's metadata has it. */
interface PartitionAnswer {
  readonly id: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isrs: readonly number[];
}

/** A topic that records are sent to. */
export class TopicState {
  readonly partitions: PartitionState[] = [];
  view: TopicPartitions;
  /** The same, as a partitioner of the user's sees it for the records of one batch. */
  private viewOfBatch: TopicPartitions | undefined = undefined;
  /** Why the topic cannot be used; `undefined` before the first answer, too. */
  problem: Failed | undefined = undefined;
  /** Monotonic ms of the last answer. */
  fetchedAt = -Infinity;
  /** Monotonic ms at which the question was put that the last answer is to. */
  askedAt = -Infinity;
  /** Monotonic ms from which on what is known is too old. */
  staleAt = -Infinity;
  /** Monotonic ms at which the last record for it came. */
  usedAt = -Infinity;
  /** Monotonic ms at which brokers were last asked to create it. */
  private madeAt = -Infinity;
  fetching = false;
  /** What is known has proved wrong: nothing is placed by it. */
  doubted = false;
  /** Where the keyless records of one batch go. */
  private stickyFor: number | undefined = undefined;
  private sticky = 0;
  /** In order; they need an answer that is newer than what is known. */
  waiting: Ticket[] = [];

  constructor(readonly name: string) {
    this.view = { topic: name, count: 0, available: [] };
  }

  /**
   * As core's `defaultPartitioner`, without a look into a map a record: keyless ones of one batch stick to one partition, among
   * those that have a leader.
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

  /** Whether it is time to have it created: it takes brokers a moment. */
  mayBeMade(now: number): boolean {
    if (now - this.madeAt < makeAgainMs) return false;
    this.madeAt = now;
    return true;
  }

  isUnusedSince(time: number): boolean {
    const isAtRest = this.usedAt < time && !this.fetching && this.waiting.length === 0;
    return isAtRest && this.partitions.every(({ isIdle }) => isIdle);
  }

  viewOf(batch: number): TopicPartitions {
    if (this.viewOfBatch?.batch !== batch) this.viewOfBatch = { ...this.view, batch };
    return this.viewOfBatch;
  }

  /** What the brokers say now. The state of a partition that is gone stays: what it holds has to end. */
  update(
    answer: readonly PartitionAnswer[],
    problem: Failed | undefined,
    askedAt: number,
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
    this.askedAt = askedAt;
    this.fetchedAt = answeredAt;
  }
}
