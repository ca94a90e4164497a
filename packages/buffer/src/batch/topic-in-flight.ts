import { LinkedList, type ListNode } from '@holdfast/core/internal';

/** What is known of a batch in flight here; also its identity. */
export interface SentBatch {
  /** When it was sent, monotonic ms. */
  readonly sentAt: number;
}

/** The records of one topic in one batch in flight. */
export class TopicPart implements ListNode<TopicPart> {
  previous: TopicPart | undefined = undefined;
  next: TopicPart | undefined = undefined;
  unsettled = 0;
  /** Whether the unsettled records count against the topic's quota. */
  counts = true;

  constructor(
    readonly topic: TopicInFlight,
    readonly batch: SentBatch,
  ) {}
}

/** What is in flight of one topic, and when something of it was last delivered. */
export class TopicInFlight {
  records = 0;
  /** Those of {@link records} that count against the quota. */
  counted = 0;
  /** When a record was last delivered, monotonic ms. */
  deliveredAt = -Infinity;
  /** When the latest batch of which a record was delivered had been sent, monotonic ms. */
  deliveredSentAt = -Infinity;
  /** The parts that count, oldest first. */
  private readonly parts = new LinkedList<TopicPart>();

  constructor(readonly name: string) {}

  /** The oldest part that counts against the quota. */
  get oldest(): TopicPart | undefined {
    return this.parts.first;
  }

  add(batch: SentBatch, records: number): TopicPart {
    let part = this.parts.last;
    if (part?.batch !== batch) {
      part = new TopicPart(this, batch);
      this.parts.push(part);
    }
    part.unsettled += records;
    this.records += records;
    this.counted += records;
    return part;
  }

  settle(part: TopicPart, records: number): void {
    const own = Math.min(part.unsettled, records);
    this.subtract(part, own);
    // A stage that mixes up its batches settles records of one through another: they are taken from
    // the oldest parts.
    let more = records - own;
    for (let oldest = this.oldest; more > 0 && oldest !== undefined; { oldest } = this) {
      const some = Math.min(oldest.unsettled, more);
      this.subtract(oldest, some);
      more -= some;
    }
  }

  /** From now on the part no longer counts against the quota. */
  stopCounting(part: TopicPart): void {
    part.counts = false;
    this.counted -= part.unsettled;
    this.parts.remove(part);
  }

  private subtract(part: TopicPart, records: number): void {
    part.unsettled -= records;
    this.records -= records;
    if (!part.counts) return;
    this.counted -= records;
    if (part.unsettled === 0) this.stopCounting(part);
  }
}
