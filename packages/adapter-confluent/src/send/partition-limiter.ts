import type { Failed, Outcome } from '@holdfast/core';
import type { Traits } from '../client/client-config.js';
import type { RejectionReason } from '../client/native-errors.js';
import type { PartitionState } from '../cluster/partition-state.js';
import { Bisection, type Rejection } from './bisection.js';
import type { InFlightRecord } from './in-flight-batch.js';
import type { Outstanding } from './outstanding.js';
import { bytesOf, PartitionQueue } from './partition-queue.js';
import type { ProduceQueue } from './produce-queue.js';

/**
 * Limits how many records of a partition the client of one session has at once. There is no limit,
 * except:
 *
 * - An idempotent client keeps the order of a partition, as the broker rejects a batch whose
 *   predecessor is missing; but only once the broker has a batch of this producer. Until one is
 *   confirmed the first request may be rejected and the second accepted, so the first record goes
 *   alone.
 * - The client puts up to `batch.size` bytes into a request, and a topic may accept less
 *   (`max.message.bytes`): then the whole request is rejected. Its records go again, from then on
 *   only so many at once as are half as large together.
 * - A record that the broker finds invalid (its timestamp, no key in a compacted topic) has its
 *   whole request rejected. The records go again in halves until it is alone, see `Bisection`.
 */
export class PartitionLimiter {
  private readonly queues = new Map<PartitionState, PartitionQueue>();

  constructor(
    private readonly traits: Traits,
    /** The session that records go to. */
    private readonly session: number,
    private readonly produceQueue: ProduceQueue,
    private readonly outstanding: Outstanding,
  ) {}

  /** Passes the record on to the client's queue, or keeps it until its turn comes. */
  add(record: InFlightRecord, partition: PartitionState): void {
    const found = this.queues.get(partition);
    const waiting = found?.waiting.length ?? 0;
    if (waiting === 0 && this.lift(partition, found)) return this.produceQueue.add(record);
    const queue = found ?? this.newQueue(partition, []);
    if (waiting > 0 || !this.fits(record, partition, queue)) return void queue.waiting.push(record);
    queue.sent(record);
    this.produceQueue.add(record);
  }

  /**
   * Returns the rejected records of a lane that may not go again, as this later one is written, or
   * may be.
   */
  overtakenBy(record: InFlightRecord, partition: PartitionState): readonly Rejection[] {
    return this.queues.get(partition)?.bisection?.overtakenBy(record) ?? [];
  }

  /**
   * Returns why a record that waits to go again must end for good when it ends; `undefined` when it
   * may be retried.
   */
  failureOf(record: InFlightRecord): Failed | undefined {
    const { partition } = record;
    return partition && this.queues.get(partition)?.bisection?.failureOf(record);
  }

  /** A record that was added has its outcome. */
  leave(record: InFlightRecord, partition: PartitionState, outcome: Outcome): void {
    if (outcome.status === 'delivered') partition.confirmedBy = record.session;
    const queue = this.queues.get(partition);
    if (queue === undefined) return;
    queue.returned(record);
    queue.bisection?.settled(record);
    this.release(partition, queue);
  }

  /**
   * The broker rejected a request with this record. Returns true when it may not be at fault, and
   * goes again.
   */
  sendAgain(
    record: InFlightRecord,
    partition: PartitionState,
    reason: RejectionReason,
    failure: Failed,
  ): boolean {
    const found = this.queues.get(partition);
    if (found?.solo === record) {
      if (reason === 'record') found.bisection?.foundInvalid();
      return false;
    }
    const queue = found ?? this.newQueue(partition, this.inFlight(partition));
    queue.returned(record);
    queue.solo = undefined;
    record.session = 0;
    queue.rejected.push(record);
    if (reason === 'size') queue.rejectedBytes += bytesOf(record);
    else (queue.bisection ??= new Bisection(this.traits.lingers)).reject(record, failure);
    this.release(partition, queue);
    return true;
  }

  /** Returns the records of an unlimited partition that the client has. */
  private inFlight(partition: PartitionState): InFlightRecord[] {
    return this.outstanding
      .pending()
      .filter((record) => record.partition === partition && record.session !== 0);
  }

  private newQueue(partition: PartitionState, inFlight: readonly InFlightRecord[]): PartitionQueue {
    const queue = new PartitionQueue();
    for (const record of inFlight) queue.sent(record);
    this.queues.set(partition, queue);
    partition.hasQueue = true;
    partition.isUnlimited = false;
    return queue;
  }

  private release(partition: PartitionState, queue: PartitionQueue): void {
    if (queue.inFlightCount === 0) {
      queue.bisection?.idle();
      const tooLarge = queue.takeBackRejected();
      if (tooLarge > 0) partition.limitBytes = Math.min(partition.limitBytes, tooLarge >> 1);
    }
    if (queue.rejected.length > 0) return;
    if (queue.bisection?.isEmpty === true) queue.bisection = undefined;
    const isUnlimited = this.lift(partition, queue);
    const { waiting } = queue;
    for (let record = waiting.first; record !== undefined; record = waiting.first) {
      if (!record.isDone && !isUnlimited && !this.fits(record, partition, queue)) return;
      waiting.shift();
      if (record.isDone) continue;
      if (!isUnlimited) queue.sent(record);
      this.produceQueue.add(record);
    }
    if (queue.isEmpty) this.drop(partition);
  }

  private fits(record: InFlightRecord, partition: PartitionState, queue: PartitionQueue): boolean {
    const { inFlightCount, bisection, inFlightBytes, rejected } = queue;
    if (inFlightCount === 0) return true;
    if (rejected.length > 0 || !this.isConfirmed(partition)) return false;
    if (inFlightBytes + bytesOf(record) > partition.limitBytes) return false;
    return bisection?.mayJoin(record, inFlightCount) !== false;
  }

  /** Removes the limit if there is no reason left for it. Returns whether there is none. */
  private lift(partition: PartitionState, queue: PartitionQueue | undefined): boolean {
    const isBusy = queue !== undefined && (queue.rejected.length > 0 || queue.bisection !== undefined);
    partition.isUnlimited = partition.limitBytes === Infinity && !isBusy && this.isConfirmed(partition);
    if (partition.isUnlimited) this.drop(partition);
    return partition.isUnlimited;
  }

  private drop(partition: PartitionState): void {
    this.queues.delete(partition);
    partition.hasQueue = false;
  }

  private isConfirmed({ confirmedBy }: PartitionState): boolean {
    return !this.traits.idempotent || confirmedBy === this.session;
  }
}
