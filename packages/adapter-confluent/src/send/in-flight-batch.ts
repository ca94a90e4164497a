import type { Failed, Outcome } from '@holdfast/core';
import type { ListNode } from '@holdfast/core/internal';
import { noLane, type Delivery, type Settle } from '@holdfast/core/stage';
import type { PartitionState } from '../cluster/partition-state.js';

/** One call of `send`, until all of it is settled. */
export class InFlightBatch implements ListNode<InFlightBatch> {
  readonly records: InFlightRecord[] = [];
  /** Deliveries with an outcome, until the end of this turn of the event loop. */
  settled: Delivery[] = [];
  /** Monotonic ms at which the client was given its first record; -1: not yet. */
  sentAt = -1;
  /**
   * By lane, the retriable failure of a record that was not sent: those that came behind it in the
   * same batch must not be written before it, whatever has changed meanwhile (a leader was elected,
   * the client has learnt of the topic).
   */
  private failedLanes: Map<number, Failed> | undefined = undefined;
  previous: InFlightBatch | undefined = undefined;
  next: InFlightBatch | undefined = undefined;

  constructor(
    readonly settle: Settle,
    /** Deliveries that are not settled. */
    public unsettled: number,
    /** Monotonic ms. */
    readonly startedAt: number,
    /** Monotonic ms at which whatever is left of it times out. */
    private readonly timesOutAt: number,
    /** Monotonic ms: no record in it times out before. */
    public dueAt: number,
  ) {}

  /** Records whose delivery has no outcome yet. */
  pending(): InFlightRecord[] {
    return this.records.filter((record) => record.batch === this && record.isPending);
  }

  /** Returns the records whose time is over at `now`, and sets when the next ones are due. */
  overdue(now: number): InFlightRecord[] {
    this.dueAt = this.timesOutAt;
    if (now >= this.timesOutAt) return this.pending();
    return this.pending().filter(({ delivery: { deadline } }) => {
      if (deadline > now) this.dueAt = Math.min(this.dueAt, deadline);
      return deadline <= now;
    });
  }

  /** Notes the outcome of a record that the client was never given. */
  noteNotSent(lane: number, outcome: Outcome): void {
    if (lane === noLane || outcome.status !== 'failed' || !outcome.error.retriable) return;
    this.failedLanes ??= new Map();
    if (!this.failedLanes.has(lane)) this.failedLanes.set(lane, outcome);
  }

  /**
   * Returns the failure because of which no further record of the lane may be written; `undefined`
   * when there is none.
   */
  failureOfLane(lane: number): Failed | undefined {
    return this.failedLanes?.get(lane);
  }
}

/**
 * The client's `opaque` for one attempt of one delivery. The client keeps it as long as it may
 * still write the record, which can be longer than the attempt: then the record is *expired*, and a
 * later attempt of the same delivery takes it over.
 */
export class InFlightRecord {
  /** The session that was given the record; 0: none yet. */
  session = 0;
  partition: PartitionState | undefined = undefined;
  private state: 'pending' | 'expired' | 'done' = 'pending';

  constructor(
    readonly delivery: Delivery,
    public batch: InFlightBatch,
  ) {}

  /** Its delivery has no outcome yet. */
  get isPending(): boolean {
    return this.state === 'pending';
  }

  /** The delivery was settled before the client's report. */
  get isExpired(): boolean {
    return this.state === 'expired';
  }

  /** No report is to come: the client has reported, or will never be given the record. */
  get isDone(): boolean {
    return this.state === 'done';
  }

  expire(): void {
    this.state = 'expired';
  }

  end(): void {
    this.state = 'done';
  }

  /** Another attempt waits for the same report. */
  resume(batch: InFlightBatch): void {
    this.state = 'pending';
    this.batch = batch;
    batch.records.push(this);
  }
}
