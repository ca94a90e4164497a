import type { Failed, Outcome, ProducerError } from '@holdfast/core';
import { failed, type Delivery } from '@holdfast/core/stage';
import type { Traits } from '../client/client-config.js';
import type { RejectionReason } from '../client/native-errors.js';
import type { PartitionState } from '../cluster/partition-state.js';
import { behindFailure, overtaken } from '../errors.js';
import { recoverUnsent } from './dead-client.js';
import { ExpiredRecords } from './expired-records.js';
import type { InFlightBatch, InFlightRecord } from './in-flight-batch.js';
import { MutedLanes, willBeRetried } from './muted-lanes.js';
import type { Outstanding } from './outstanding.js';
import { PartitionLimiter } from './partition-limiter.js';
import type { ProduceQueue } from './produce-queue.js';

/**
 * Records from the choice of their partition to their outcome: when each may go, and which others
 * its end affects.
 */
export class InFlightRecords {
  private readonly expired = new ExpiredRecords();
  private session = 0;
  private limiter: PartitionLimiter;
  private lanes: MutedLanes | undefined;

  constructor(
    private readonly outstanding: Outstanding,
    private readonly queue: ProduceQueue,
    traits: Traits,
  ) {
    this.limiter = this.newLimiter(traits);
  }

  /** The session to which records go; 0: none. */
  get sessionId(): number {
    return this.session;
  }

  /** From now on records go to another client. */
  startSession(id: number, traits: Traits): void {
    this.session = id;
    this.limiter = this.newLimiter(traits);
    this.lanes = traits.idempotent ? undefined : new MutedLanes();
  }

  /**
   * The client is dead. Returns the records that wait for the next one; see `recoverUnsent` for the
   * others.
   */
  endSession(traits: Traits, error: ProducerError, sentNothing: boolean): InFlightRecord[] {
    this.session = 0;
    const unsent = recoverUnsent(this.outstanding, this.limiter, error, sentNothing);
    this.expired.sessionEnded();
    this.limiter = this.newLimiter(traits);
    return unsent;
  }

  /**
   * The record has its partition, and goes to the client as soon as its lane and the partition let
   * it.
   */
  add(record: InFlightRecord): void {
    if (this.lanes === undefined || this.lanes.enter(record)) this.admit(record);
  }

  /**
   * Returns true when the client still has an earlier attempt of the delivery, or has reported it:
   * it stands for this one.
   */
  takeOver(delivery: Delivery, batch: InFlightBatch): boolean {
    const earlier = this.expired.takeOver(delivery, batch, this.session);
    if (earlier?.result !== undefined) this.outstanding.settle(batch, delivery, earlier.result);
    return earlier !== undefined;
  }

  /** The broker rejected a request with this record. Returns true when the record goes again. */
  reject(
    record: InFlightRecord,
    partition: PartitionState,
    reason: RejectionReason,
    failure: Failed,
  ): boolean {
    if (!record.isExpired) return this.limiter.sendAgain(record, partition, reason, failure);
    if (reason === 'record') this.expired.rejectedTogether(record, failure);
    return false;
  }

  /** The client has reported what became of the record. */
  complete(record: InFlightRecord, outcome: Outcome): void {
    if (record.isExpired) this.expired.reported(record, outcome);
    else this.outstanding.settle(record.batch, record.delivery, outcome);
    if (outcome.status !== 'failed') this.expired.written(record);
    record.end();
    this.leave(record, outcome);
  }

  /** Ends a record without a report of the client, which may still have it. */
  end(record: InFlightRecord, outcome: Outcome): void {
    // The end of one record may have ended this one already.
    if (!record.isPending) return;
    this.outstanding.settle(record.batch, record.delivery, outcome);
    if (record.session !== 0) return this.expired.add(record);
    record.batch.noteNotSent(record.delivery.lane, outcome);
    record.end();
    this.leave(record, outcome);
  }

  /**
   * Ends a record whose time is over; for good if it was rejected and later ones of its lane may be
   * written.
   */
  timeOut(record: InFlightRecord, outcome: Outcome): void {
    const rejection = this.limiter.failureOf(record);
    this.end(record, rejection === undefined ? outcome : overtaken(rejection));
  }

  private admit(record: InFlightRecord): void {
    const { partition } = record;
    if (partition === undefined) return;
    if (partition.isUnlimited) this.queue.add(record);
    else this.limiter.add(record, partition);
  }

  /** A record has ended: others may go now, or may not any more. */
  private leave(record: InFlightRecord, outcome: Outcome): void {
    const { partition } = record;
    if (partition !== undefined && !partition.isUnlimited) {
      if (outcome.status !== 'failed') this.endOvertaken(record, partition);
      this.limiter.leave(record, partition, outcome);
    }
    if (this.lanes === undefined) return;
    if (willBeRetried(outcome)) this.endFollowers(this.lanes.followers(record), outcome.error);
    const next = this.lanes.leave(record);
    if (next !== undefined) this.admit(next);
  }

  private endOvertaken(record: InFlightRecord, partition: PartitionState): void {
    for (const { record: earlier, failure } of this.limiter.overtakenBy(record, partition))
      this.end(earlier, overtaken(failure));
  }

  private endFollowers(followers: readonly InFlightRecord[], error: ProducerError): void {
    if (followers.length === 0) return;
    const failure = failed(behindFailure(error));
    for (const follower of followers) this.end(follower, failure);
  }

  private newLimiter(traits: Traits): PartitionLimiter {
    return new PartitionLimiter(traits, this.session, this.queue, this.outstanding);
  }
}
