import { LinkedList, LinkedQueue, type ListNode, type QueueNode } from '@holdfast/core/internal';
import type { Delivery } from '@holdfast/core/stage';
import type { Batch } from './batch.js';

/** Records that wait behind earlier ones of their lane. */
export class LaneQueue implements QueueNode<LaneQueue> {
  link: LaneQueue | undefined = undefined;
  readonly waiting = new LinkedQueue<Delivery>();

  constructor(
    readonly lane: number,
    readonly topic: Topic,
  ) {}
}

/** The records of one topic in one batch below. */
export class Part implements ListNode<Part> {
  previous: Part | undefined = undefined;
  next: Part | undefined = undefined;
  /** Not settled yet. */
  left = 0;
  /** They count for the topic's share. */
  counts = true;

  constructor(
    readonly topic: Topic,
    readonly batch: Batch,
  ) {}
}

/**
 * Where a topic stands: `idle` with nothing that could go down, in the `ring` when it has; `held` while its share is below, or
 * while what is below does not come up.
 */
export type Place = 'idle' | 'ring' | 'held';

/** What waits of one topic, and what of it is below. */
export class Topic implements QueueNode<Topic> {
  link: Topic | undefined = undefined;
  place: Place = 'idle';
  /** As they came; whether a record's lane is open is looked up when its turn comes. */
  readonly fresh = new LinkedQueue<Delivery>();
  /** Lanes that have opened again, and have records that waited for that. */
  readonly ready = new LinkedQueue<LaneQueue>();
  takeReadyNext = true;
  /** Records below. */
  below = 0;
  /** Those of them that count for the share. */
  counted = 0;
  /** When one of its records was last delivered, and when that one went down; monotonic ms. */
  deliveredAt = -Infinity;
  deliveredSentAt = -Infinity;
  /** Those that count, oldest first. */
  private readonly parts = new LinkedList<Part>();

  constructor(readonly name: string) {}

  get hasOpen(): boolean {
    return this.fresh.first !== undefined || this.ready.first !== undefined;
  }

  /** Nothing here, nothing below. */
  get isGone(): boolean {
    return this.place === 'idle' && this.below === 0 && !this.hasOpen;
  }

  /** Of those that count. */
  get oldest(): Part | undefined {
    return this.parts.first;
  }

  get newest(): Part | undefined {
    return this.parts.last;
  }

  wentDown(batch: Batch, records: number): Part {
    let part = this.parts.last;
    if (part?.batch !== batch) {
      part = new Part(this, batch);
      this.parts.push(part);
    }
    part.left += records;
    this.below += records;
    this.counted += records;
    return part;
  }

  cameUp(part: Part, records: number): void {
    const own = Math.min(part.left, records);
    this.lessen(part, own);
    // A stage that mixes up its batches settles records of one through another: of those, the oldest are meant.
    let more = records - own;
    for (let oldest = this.oldest; more > 0 && oldest !== undefined; { oldest } = this) {
      const some = Math.min(oldest.left, more);
      this.lessen(oldest, some);
      more -= some;
    }
  }

  /** From now on the part counts no more. */
  setAside(part: Part): void {
    part.counts = false;
    this.counted -= part.left;
    this.parts.remove(part);
  }

  private lessen(part: Part, records: number): void {
    part.left -= records;
    this.below -= records;
    if (!part.counts) return;
    this.counted -= records;
    if (part.left === 0) this.setAside(part);
  }
}
